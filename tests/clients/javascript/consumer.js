// Kinesis as one uses it on AWS: records are put, got by an iterator, and pushed to a registered consumer.
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";

// Unless told otherwise this client speaks HTTP/2, which is the one thing that has to differ here.
const kinesis = new KinesisClient({ requestHandler: new NodeHttpHandler() });
const say = (what) => console.log(JSON.stringify(what));
const text = (record) => Buffer.from(record.Data).toString();

const StreamName = "clicks";
const ShardId = "shardId-000000000000";
await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
const { StreamDescriptionSummary: stream } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
say({ status: stream.StreamStatus, shards: stream.OpenShardCount });

const Records = ["cat ☺", "dog"].map((each) => ({ PartitionKey: "a", Data: Buffer.from(each) }));
const { FailedRecordCount } = await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
say({ FailedRecordCount });

const position = { StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" };
const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(position));
const got = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
say({ got: got.Records.map(text) });

const registered = await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN: stream.StreamARN, ConsumerName: "fan" }));
const { ConsumerARN } = registered.Consumer;
const subscription = { ConsumerARN, ShardId, StartingPosition: { Type: "TRIM_HORIZON" } };
const { EventStream } = await kinesis.send(new SubscribeToShardCommand(subscription));
for await (const { SubscribeToShardEvent } of EventStream) {
  say({ pushed: SubscribeToShardEvent.Records.map(text) });
  if (SubscribeToShardEvent.Records.some((record) => text(record) === "last")) break;
}

try {
  await kinesis.send(new GetShardIteratorCommand({ ...position, StreamName: "nope" }));
} catch (error) {
  say({ name: error.name, message: error.message, status: error.$metadata.httpStatusCode });
}
kinesis.destroy();
