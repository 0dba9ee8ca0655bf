import { ProviderError, type ProviderErrorCode } from "tfprovider";
import { expect, test } from "vitest";
import { AnchorwatchError } from "../../domain/errors.ts";
import { reasonOf } from "./failure.ts";

const attempt = { type: "aws_instance", deadlineMs: 1500 };
const unmasked = (text: string) => text;

function reasonFor(message: string, code: ProviderErrorCode = "provider_diagnostics") {
  return reasonOf(new ProviderError(code, message), attempt, unmasked);
}

test.each([
  ["https response error StatusCode: 400, ThrottlingException: Rate exceeded", "throttled", "--concurrency"],
  ["api error AccessDenied: User is not authorized to perform: iam:GetRole", "access_denied", "--read-role"],
  ["ExpiredToken: The security token included in the request is expired", "credentials_refused", "--profile"],
  ["dial tcp 127.0.0.1:1: connect: connection refused", "endpoint_unreachable", "proxy"],
  ["InternalError: try again later", "provider_read_failed", ""],
])("what a cloud says becomes a reason with advice: %s", (said, code, advice) => {
  const reason = reasonFor(said);
  expect(reason.code).toBe(code);
  expect(reason.message).toContain(said);
  expect(reason.message).toContain(advice);
});

test("a deadline tells how long it was and where to raise it", () => {
  expect(reasonFor("readResource: Deadline exceeded", "provider_deadline").message).toBe(
    "readResource: Deadline exceeded. It had 1.5 s. If reading takes longer, give it more in anchorwatch.yaml: `deadlines: {aws_instance: 5m}`.",
  );
});

test("a mistake in the code is told with its file and line, once", () => {
  const location = { file: "main.tf", line: 3 };
  const plain = new AnchorwatchError("provider_config_invalid", "no such argument", { location });
  expect(reasonOf(plain, attempt, unmasked).message).toBe("main.tf:3: no such argument");
  const placed = new AnchorwatchError("provider_config_unknown", "main.tf:3: region: unknown", { location });
  expect(reasonOf(placed, attempt, unmasked).message).toBe("main.tf:3: region: unknown");
});

test("secrets are masked in the message and in the hint", () => {
  const error = new ProviderError("provider_crashed", "died of hunter2", { hint: "It printed: hunter2" });
  const reason = reasonOf(error, attempt, (text) => text.replaceAll("hunter2", "***"));
  expect(reason.message).toBe("died of ***. It printed: ***");
});
