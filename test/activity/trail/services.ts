/** The services whose calls can become records: as requests are signed for them, and as the trail and the published models call them. */
import type { Environment } from "../../support/executable.ts";
import { findServiceModel, type ServiceModel } from "../../support/serviceModel.ts";

/** By the name in the scope of a signature. */
const MODELS = {
  dynamodb: "dynamodb/2012-08-10",
  ec2: "ec2/2016-11-15",
  events: "events/2015-10-07",
  iam: "iam/2010-05-08",
  kms: "kms/2014-11-01",
  lambda: "lambda/2015-03-31",
  logs: "logs/2014-03-28",
  route53: "route53/2013-04-01",
  s3: "s3/2006-03-01",
  secretsmanager: "secretsmanager/2017-10-17",
  sns: "sns/2010-03-31",
  sqs: "sqs/2012-11-05",
  ssm: "ssm/2014-11-06",
  sts: "sts/2011-06-15",
} as const;

export type ServiceName = keyof typeof MODELS;

export type ServiceModels = ReadonlyMap<string, ServiceModel>;

/** Undefined where no Python of this machine has botocore, which brings them. */
export function findServiceModels(env: Environment): ServiceModels | undefined {
  const models = new Map<string, ServiceModel>();
  for (const [service, name] of Object.entries(MODELS)) {
    const model = findServiceModel(name, env);
    if (model === undefined) return undefined;
    models.set(service, model);
  }
  return models;
}
