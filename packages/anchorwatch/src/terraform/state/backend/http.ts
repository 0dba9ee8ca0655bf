import { AnchorwatchError } from "../../../domain/errors.ts";
import type { HttpSource } from "../source/source.ts";
import { given, type Settings } from "./settings.ts";

/**
 * Settings of the block count more than the `TF_HTTP_*` variables.
 * @see https://developer.hashicorp.com/terraform/language/backend/http
 */
export function httpSource(settings: Settings, workspace: string): HttpSource {
  const { environment } = settings;
  if (workspace !== "default") {
    const message = `the HTTP backend knows only the workspace default, and ${workspace} was chosen`;
    const hint = "Choose the workspace default, or name a state with --state.";
    throw new AnchorwatchError("state_workspace_invalid", message, { hint });
  }
  const from = (name: string, variable: string) =>
    settings.text(name) ?? (environment[variable] || undefined);
  const retryWait = settings.integer("retry_wait_min") ?? whole(environment["TF_HTTP_RETRY_WAIT_MIN"]);
  return {
    kind: "http",
    address: settings.required("address", "TF_HTTP_ADDRESS"),
    ...given({
      username: from("username", "TF_HTTP_USERNAME"),
      password: from("password", "TF_HTTP_PASSWORD"),
      skipCertVerification: settings.bool("skip_cert_verification"),
      caCertificate: from("client_ca_certificate_pem", "TF_HTTP_CLIENT_CA_CERTIFICATE_PEM"),
      clientCertificate: from("client_certificate_pem", "TF_HTTP_CLIENT_CERTIFICATE_PEM"),
      clientKey: from("client_private_key_pem", "TF_HTTP_CLIENT_PRIVATE_KEY_PEM"),
      retries: settings.integer("retry_max") ?? whole(environment["TF_HTTP_RETRY_MAX"]),
      retryWaitMs: retryWait === undefined ? undefined : retryWait * 1000,
    }),
  };
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}
