/** A record as CloudTrail writes them, and the identities of its documentation. */
export type Written = Readonly<Record<string, unknown>>;

/** `overrides` replace whole members; undefined takes one away. */
export function aRecord(overrides: Written = {}): Written {
  const record = {
    eventVersion: "1.11",
    userIdentity: IDENTITIES.user,
    eventTime: "2026-01-02T03:04:05Z",
    eventSource: "ec2.amazonaws.com",
    eventName: "AuthorizeSecurityGroupIngress",
    awsRegion: "eu-central-1",
    sourceIPAddress: "198.51.100.7",
    userAgent: "aws-cli/2.27.1",
    requestParameters: {
      groupId: "sg-0a1b2c3d4e5f60718",
      ipPermissions: { items: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22 }] },
    },
    responseElements: { requestId: "0d1e2f30-request", _return: true },
    requestID: "0d1e2f30-request",
    eventID: "6f1b2c3d-0000-4000-8000-000000000001",
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "123456789012",
    eventCategory: "Management",
    ...overrides,
  };
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

const role = {
  type: "Role",
  principalId: "AROAEXAMPLE",
  arn: "arn:aws:iam::123456789012:role/teams/oncall",
  accountId: "123456789012",
  userName: "oncall",
};

export const IDENTITIES = {
  user: {
    type: "IAMUser",
    principalId: "AIDAEXAMPLE",
    arn: "arn:aws:iam::123456789012:user/alice",
    accountId: "123456789012",
    accessKeyId: "AKIAEXAMPLEEXAMPLE",
    userName: "alice",
  },
  root: {
    type: "Root",
    principalId: "123456789012",
    arn: "arn:aws:iam::123456789012:root",
    accountId: "123456789012",
  },
  role: {
    type: "AssumedRole",
    principalId: "AROAEXAMPLE:bob@example.com",
    arn: "arn:aws:sts::123456789012:assumed-role/oncall/bob@example.com",
    accountId: "123456789012",
    sessionContext: { sessionIssuer: role, sourceIdentity: "bob" },
  },
  web: {
    type: "AssumedRole",
    principalId: "AROAEXAMPLE:ci",
    arn: "arn:aws:sts::123456789012:assumed-role/oncall/ci",
    accountId: "123456789012",
    sessionContext: {
      sessionIssuer: role,
      webIdFederationData: {
        federatedProvider: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        attributes: { "token.actions.githubusercontent.com:sub": "repo:acme/infra:ref:refs/heads/main" },
      },
    },
  },
  saml: {
    type: "SAMLUser",
    principalId: "QUALIFIER=:carol@example.com",
    userName: "carol@example.com",
    identityProvider: "https://idp.example.com/metadata",
  },
  identityCenter: {
    type: "AssumedRole",
    principalId: "AROAEXAMPLE:dave@example.com",
    arn: "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/dave@example.com",
    accountId: "123456789012",
    sessionContext: {
      sessionIssuer: {
        ...role,
        arn: "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
        userName: "AWSReservedSSO_Admin_0123456789abcdef",
      },
    },
  },
  onBehalfOf: {
    type: "IdentityCenterUser",
    accountId: "123456789012",
    onBehalfOf: {
      userId: "544894e8-80c1-707f-60e3-3ba6510dfac1",
      identityStoreArn: "arn:aws:identitystore::123456789012:identitystore/d-9067642ac7",
    },
  },
  federatedUser: {
    type: "FederatedUser",
    principalId: "123456789012:erin",
    arn: "arn:aws:sts::123456789012:federated-user/erin",
    accountId: "123456789012",
    sessionContext: { sessionIssuer: { type: "IAMUser", arn: "arn:aws:iam::123456789012:user/broker" } },
  },
  otherAccount: { type: "AWSAccount", principalId: "AIDAOTHER", accountId: "210987654321" },
  service: { type: "AWSService", invokedBy: "autoscaling.amazonaws.com" },
} as const;
