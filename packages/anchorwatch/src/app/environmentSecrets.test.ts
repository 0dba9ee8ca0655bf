import { expect, test } from "vitest";
import { environmentSecrets } from "./environmentSecrets.ts";

test("variables whose names say so are secret", () => {
  const secret = {
    AWS_SECRET_ACCESS_KEY: "s1",
    AWS_SESSION_TOKEN: "s2",
    ARM_CLIENT_SECRET: "s3",
    ARM_ACCESS_KEY: "s4",
    TF_VAR_db_password: "s5",
    TF_TOKEN_app_terraform_io: "s6",
    GOOGLE_CREDENTIALS: "s7",
    DATADOG_API_KEY: "s8",
    DB_PASS: "s9",
    MYSQL_PWD: "s10",
  };
  expect(environmentSecrets(secret)).toEqual(Object.values(secret));
});

test("who somebody is and where a secret lies is not", () => {
  const plain = {
    AWS_ACCESS_KEY_ID: "AKIA",
    AWS_PROFILE: "audit",
    AWS_WEB_IDENTITY_TOKEN_FILE: "/run/token",
    GOOGLE_APPLICATION_CREDENTIALS: "/home/me/key.json",
    ONE_TOKEN: "",
    NONE_TOKEN: undefined,
    PATH: "/usr/bin",
    PWD: "/home/me",
    GIT_ASKPASS: "/usr/bin/ask",
  };
  expect(environmentSecrets(plain)).toEqual([]);
});

test("a password inside an address is secret, as written and as meant", () => {
  expect(environmentSecrets({ HTTPS_PROXY: "http://me:p%40ss@proxy:3128" })).toEqual(["p%40ss", "p@ss"]);
  expect(environmentSecrets({ DATABASE_URL: "postgres://me@host/db", ODD: "x://u:100%@h" })).toEqual([
    "100%",
    "100%",
  ]);
  expect(environmentSecrets({ HTTP_PROXY: "http://me:p@ss@proxy:3128/a@b" })).toEqual(["p@ss", "p@ss"]);
});
