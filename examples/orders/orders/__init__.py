"""An order service: takes orders, ships them, and keeps each customer's account."""
