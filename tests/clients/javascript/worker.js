// A worker as one writes it for AWS: it takes its settings from the environment, and prints what it saw.
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

const sqs = new SQSClient({});
const say = (what) => console.log(JSON.stringify(what));

const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "jobs" }));
say({ QueueUrl });

const MessageAttributes = { thumbnail: { DataType: "Binary", BinaryValue: Uint8Array.from([0, 1, 255]) } };
await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "cat ☺", MessageAttributes }));

const first = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"] }));
const [{ Body, ReceiptHandle, MessageAttributes: attributes }] = first.Messages;
say({ Body, thumbnail: [...attributes.thumbnail.BinaryValue] });
await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

const second = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
say({ waited: second.Messages?.map((message) => message.Body) ?? [] });

try {
  await sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl.replace("jobs", "nope"), MessageBody: "dog.png" }));
} catch (error) {
  say({ name: error.name, message: error.message, status: error.$metadata.httpStatusCode });
}
