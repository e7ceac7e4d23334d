"""FakeCloud as a decorator of functions, coroutines, generators and classes."""

from __future__ import annotations

import asyncio
import inspect
import unittest

import boto3
import pytest

from pytest_cloudfakes import CloudFakesError, FakeCloud, Options, current_cloud


def create(name="jobs"):
    return boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]


def test_a_function_gets_a_fresh_cloud_at_each_call():
    @FakeCloud(region="eu-west-3")
    def use(name, *, times=1):
        """Use it."""
        assert current_cloud().calls == []
        return [create(name) for _ in range(times)]

    assert use("jobs", times=2) == ["https://sqs.eu-west-3.amazonaws.com/123456789012/jobs"] * 2
    use("jobs")
    assert (use.__name__, use.__doc__) == ("use", "Use it.")
    assert current_cloud() is None


def test_a_function_that_fails_leaves_no_cloud():
    @FakeCloud()
    def use():
        raise KeyError("x")

    with pytest.raises(KeyError):
        use()
    assert current_cloud() is None


@FakeCloud(seed=3)
def test_a_test_with_fixtures_of_its_own(tmp_path):
    assert tmp_path.exists()
    create()
    assert current_cloud().options.seed == 3


def test_a_coroutine_function_stays_one():
    @FakeCloud()
    async def use():
        first = current_cloud()
        await asyncio.sleep(0)
        create()
        assert current_cloud() is first
        return len(first.calls)

    assert inspect.iscoroutinefunction(use)
    assert asyncio.run(use()) == 1
    assert current_cloud() is None


def test_a_generator_function_has_its_cloud_until_it_ends():
    @FakeCloud()
    def use():
        create()
        yield current_cloud()
        create("more")

    generator = use()
    cloud = next(generator)
    assert current_cloud() is cloud
    with pytest.raises(StopIteration):
        next(generator)
    assert len(cloud.calls) == 2
    assert current_cloud() is None


def test_an_asynchronous_generator_function_has_its_cloud_until_it_ends():
    @FakeCloud()
    async def use():
        yield current_cloud()
        create()

    async def go():
        async for cloud in use():
            assert current_cloud() is cloud
        assert len(cloud.calls) == 1

    asyncio.run(go())
    assert current_cloud() is None


@pytest.fixture
@FakeCloud(region="eu-west-3")
def queue_url():
    url = create()
    yield url
    boto3.client("sqs").delete_queue(QueueUrl=url)


def test_a_fixture_that_yields_has_its_cloud_during_the_test(queue_url):
    assert boto3.client("sqs").list_queues()["QueueUrls"] == [queue_url]


class Base:
    def test_inherited(self):
        assert current_cloud().calls == []
        create()


@FakeCloud(region="eu-west-3")
class TestAClass(Base):
    def helper(self):
        return create()

    def test_each_test_has_a_cloud_of_its_own(self):
        assert self.helper().startswith("https://sqs.eu-west-3.")
        assert len(current_cloud().calls) == 1

    def test_another(self):
        assert current_cloud().calls == []

    @staticmethod
    def test_static():
        assert current_cloud().calls == []

    @classmethod
    def test_class(cls):
        assert current_cloud().calls == []
        assert cls is TestAClass


def test_what_a_class_inherits_from_stays_as_it_was():
    with pytest.raises(AttributeError):
        Base().test_inherited()


@FakeCloud()
class TestATestCase(unittest.TestCase):
    def setUp(self):
        self.url = create()
        self.addCleanup(self.clean_up)

    def clean_up(self):
        assert current_cloud().calls[-1].operation == "DeleteQueue"

    def tearDown(self):
        boto3.client("sqs").delete_queue(QueueUrl=self.url)

    def test_shares_its_cloud_with_set_up_and_tear_down(self):
        assert boto3.client("sqs").list_queues()["QueueUrls"] == [self.url]

    def test_has_a_cloud_of_its_own(self):
        assert len(current_cloud().calls) == 1


@FakeCloud()
class TestAnAsynchronousTestCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.url = create()

    async def test_shares_its_cloud_with_set_up(self):
        assert boto3.client("sqs").list_queues()["QueueUrls"] == [self.url]


def test_a_class_with_a_set_up_of_pytests_kind_is_told_what_to_do():
    with pytest.raises(CloudFakesError, match="setup_method runs outside of the test's cloud"):

        @FakeCloud()
        class TestWithSetUp:
            def setup_method(self):
                create()

            def test_it(self):
                pass


def test_options_may_be_given_as_an_object():
    with FakeCloud(Options(region="eu-west-3"), seed=4) as cloud:
        assert (cloud.options.region, cloud.options.seed) == ("eu-west-3", 4)


def test_an_unknown_option_is_a_type_error():
    with pytest.raises(TypeError, match="'regoin' is no option of a fake cloud; there are: account, region"):
        FakeCloud(regoin="eu-west-1")
