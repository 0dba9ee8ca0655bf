import { expect, it } from "vitest";
import { change, drift } from "../facts.fixture.ts";
import { fallbackOf } from "./fallback.ts";

const typed = (type: string) => ({ ...drift().resource, type });

it.each([
  ["aws_s3_bucket", "tags", "operational", "info", "names and notes"],
  ["aws_iam_role", "description", "operational", "info", "names and notes"],
  ["aws_iam_role", "max_session_duration", "security", "medium", "about security as a whole"],
  ["aws_security_group", "ingress", "security", "high", "network access"],
  ["aws_db_instance", "publicly_accessible", "security", "high", "reach it from the Internet"],
  ["aws_iam_role", "assume_role_policy", "security", "high", "who may do what"],
  ["aws_db_instance", "storage_encrypted", "security", "high", "encryption and keys"],
  ["aws_lb", "access_logs", "security", "medium", "logging"],
  ["aws_db_instance", "deletion_protection", "security", "medium", "protection against loss"],
  ["aws_db_instance", "backup_retention_period", "security", "medium", "protection against loss"],
  ["aws_lambda_function", "image_uri", "security", "medium", "the code that runs"],
  ["aws_autoscaling_group", "desired_capacity", "operational", "medium", "how much of it there is"],
  ["aws_instance", "availability_zone", "operational", "medium", "how much of it there is"],
  ["aws_sqs_queue", "delay_seconds", "operational", "low", "nothing known of"],
])("%s: %s is of %s, %s: %s", (type, attribute, kind, severity, about) => {
  const found = fallbackOf(drift({ resource: typed(type), changes: [change(attribute)] }));
  expect(found).toMatchObject({ class: kind, severity, fallback: { attribute } });
  expect(found.fallback.because).toContain("No rule speaks of it");
  expect(found.fallback.because).toContain(about);
});

it("goes by the worst of all changes, and not by those that a rule ignores", () => {
  const changes = [change("tags"), change("ingress", { ignored: true }), change("delay_seconds")];
  expect(fallbackOf(drift({ resource: typed("aws_sqs_queue"), changes }))).toMatchObject({ severity: "low" });
});

it("takes a secret for a matter of security, whatever it is called", () => {
  const changes = [change("value", { sensitive: true })];
  expect(fallbackOf(drift({ resource: typed("aws_thing"), changes }))).toMatchObject({
    class: "security",
    severity: "high",
  });
});

it.each([
  ["deleted", "aws_sqs_queue", "operational", "medium"],
  ["deleted", "aws_cloudtrail", "security", "high"],
  ["unmanaged", "aws_iam_access_key", "security", "medium"],
  ["unmanaged", "aws_sqs_queue", "operational", "low"],
  ["absorbed", "aws_sqs_queue", "operational", "low"],
] as const)("what is %s, of %s, is of %s, %s", (verdict, type, kind, severity) => {
  expect(fallbackOf(drift({ verdict, resource: typed(type) }))).toMatchObject({ class: kind, severity });
});
