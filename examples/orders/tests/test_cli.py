"""The commands for those who look after the service."""

from __future__ import annotations

from orders.cli import main


def test_a_dead_letter_is_counted_and_sent_back(shop, fake_clock, capsys):
    shop.order("samovar")
    for _ in range(6):
        shop.worker.work(wait=0)
        fake_clock.advance(30)
    main(["show-dead", "orders"])
    assert capsys.readouterr().out == "1 in orders-dead; nothing sent back yet\n"

    main(["send-back", "orders", "--per-second", "1"])
    fake_clock.advance(1)
    main(["show-dead", "orders"])
    assert capsys.readouterr().out == "0 in orders-dead; 1 of 1 sent back, completed\n"
