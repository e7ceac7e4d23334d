"""Queue URLs: the forms that are taken, and those that are not."""

import pytest


@pytest.mark.parametrize(
    "form",
    [
        "https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
        "http://sqs.us-east-1.amazonaws.com/123456789012/jobs",
        "https://sqs.us-east-1.amazonaws.com:443/123456789012/jobs",
        "https://sqs.us-east-1.amazonaws.com/123456789012/jobs/",
        "https://sqs-fips.us-east-1.amazonaws.com/123456789012/jobs",
        "https://sqs.us-east-1.api.aws/123456789012/jobs",
        "https://us-east-1.queue.amazonaws.com/123456789012/jobs",
        "https://queue.amazonaws.com/123456789012/jobs",
        "https://vpce-1234-abcd.sqs.us-east-1.vpce.amazonaws.com/123456789012/jobs",
        "http://localhost:4566/123456789012/jobs",
        "http://localhost:4566/queue/us-east-1/123456789012/jobs",
        "/123456789012/jobs",
    ],
)
def test_forms_that_are_taken(send, queue_url, counts, form):
    send(form)
    assert counts(queue_url) == (1, 0, 0)


@pytest.mark.parametrize(
    "form",
    [
        "",
        "jobs",
        "123456789012/jobs",
        "https://sqs.us-east-1.amazonaws.com/jobs",
        "https://sqs.us-east-1.amazonaws.com/12345/jobs",
        "https://sqs.us-east-1.amazonaws.com/123456789012/",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
        "https://eu-west-1.queue.amazonaws.com/123456789012/jobs",
    ],
)
def test_other_addresses_are_not_of_this_endpoint(sqs, queue_url, form, refused):
    with refused("InvalidAddress", status=404):
        sqs.get_queue_attributes(QueueUrl=form, AttributeNames=["All"])


@pytest.mark.parametrize("form", ["123456789012/other", "123456789012/Jobs", "000000000000/jobs"])
def test_a_queue_that_doesnt_exist(send, queue_url, form, no_such_queue):
    with no_such_queue():
        send(f"https://sqs.us-east-1.amazonaws.com/{form}")


@pytest.mark.parametrize(
    "region, url",
    [
        ("eu-west-1", "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"),
        ("cn-north-1", "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/jobs"),
        ("us-gov-west-1", "https://sqs.us-gov-west-1.amazonaws.com/123456789012/jobs"),
    ],
)
def test_urls_that_are_given_out(fake_cloud, region, url):
    client = fake_cloud.client("sqs", region=region)
    assert client.create_queue(QueueName="jobs")["QueueUrl"] == url
    client.send_message(QueueUrl=url, MessageBody="a")


def test_arns_know_their_partition(fake_cloud):
    client = fake_cloud.client("sqs", region="cn-north-1")
    url = client.create_queue(QueueName="jobs")["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    assert arn == "arn:aws-cn:sqs:cn-north-1:123456789012:jobs"


def test_a_name_belongs_to_a_region(fake_cloud, sqs, queue_url, no_such_queue):
    elsewhere = fake_cloud.client("sqs", region="eu-west-1")
    with no_such_queue():
        elsewhere.get_queue_url(QueueName="jobs")
    assert "QueueUrls" not in elsewhere.list_queues()
    other = elsewhere.create_queue(QueueName="jobs")["QueueUrl"]
    assert elsewhere.get_queue_url(QueueName="jobs")["QueueUrl"] == other != queue_url


def test_regions_are_separate(fake_cloud, send, queue_url, counts):
    other = fake_cloud.client("sqs", region="eu-west-1")
    url = other.create_queue(QueueName="jobs")["QueueUrl"]
    other.send_message(QueueUrl=url, MessageBody="there")
    assert counts(queue_url) == (0, 0, 0)
