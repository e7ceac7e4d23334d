// SNS as one uses it on AWS: a topic that a queue is subscribed to, and what it delivers.
import { CreateTopicCommand, ListSubscriptionsByTopicCommand, PublishBatchCommand, PublishCommand } from "@aws-sdk/client-sns";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const sns = new SNSClient({});
const sqs = new SQSClient({});
const say = (what) => console.log(JSON.stringify(what));

const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "orders" }));
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "billing" }));
const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
const subscription = { TopicArn, Protocol: "sqs", Endpoint: Attributes.QueueArn, Attributes: { FilterPolicy: '{"paid": ["yes"]}' } };
await sns.send(new SubscribeCommand(subscription));
const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
say({ subscribed: Subscriptions.map((each) => [each.Protocol, each.Endpoint]) });

const attributes = (paid) => ({ paid: { DataType: "String", StringValue: paid } });
await sns.send(new PublishCommand({ TopicArn, Message: "cat ☺", MessageAttributes: attributes("yes") }));
const batch = ["yes", "no"].map((paid) => ({ Id: paid, Message: `dog, ${paid}`, MessageAttributes: attributes(paid) }));
const { Successful } = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: batch }));
say({ published: Successful.map((each) => each.Id) });

const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
say({ received: received.Messages.map((each) => JSON.parse(each.Body).Message) });

try {
  await sns.send(new PublishCommand({ TopicArn: `${TopicArn}2`, Message: "cat" }));
} catch (error) {
  say({ name: error.name, message: error.message, status: error.$metadata.httpStatusCode });
}
