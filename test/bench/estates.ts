/**
 * Code of estates of any size for the benchmark: fifteen resource types that the provider creates and reads without
 * waiting; many rules and policies, few roles and tables. Of parameters and buckets there are few because moto is one
 * process that both sides wait for: it looks through all parameters for each one that is read (17 ms at 240 of them), and a
 * bucket takes it 65 ms, against 5 to 8 ms for most types.
 */

/** The files of a root module with exactly `resources` resources (at least 15), one of each type or more. */
export function benchmarkEstate(resources: number): Readonly<Record<string, string>> {
  const count = countsFor(resources);
  const blocks = KINDS.map((kind) => kind.block(count));
  return { "main.tf": [PROVIDER, ...blocks].join("\n") };
}

/** How many of each type an estate of that size has; they add up to it. */
function countsFor(resources: number): Counts {
  const weights = KINDS.reduce((sum, kind) => sum + kind.weight, 0);
  const spare = resources - KINDS.length;
  const counts = new Map(KINDS.map((kind) => [kind.type, 1 + Math.floor((spare * kind.weight) / weights)]));
  const given = [...counts.values()].reduce((sum, count) => sum + count, 0);
  counts.set(FILLER, (counts.get(FILLER) ?? 0) + resources - given);
  return (type) => counts.get(type) ?? 0;
}

export type Counts = (type: string) => number;

const FILLER = "aws_vpc_security_group_ingress_rule";

interface Kind {
  readonly type: string;
  /** Share of what is left after one of each. */
  readonly weight: number;
  readonly block: (count: Counts) => string;
}

// One network and few tables: a subnet's address range is cut from 4,096 blocks, and `%` deals children out to parents.
const KINDS: readonly Kind[] = [
  kind("aws_vpc", "main", 0, () => `cidr_block = "10.0.0.0/16"`),
  kind(
    "aws_subnet",
    "part",
    10,
    () => `vpc_id     = aws_vpc.main[0].id
  cidr_block = cidrsubnet("10.0.0.0/16", 12, count.index)
  tags       = { Name = "part-\${count.index}" }`,
  ),
  kind("aws_route_table", "way", 4, () => `vpc_id = aws_vpc.main[0].id`),
  kind(
    "aws_security_group",
    "service",
    12,
    () => `name        = "service-\${count.index}"
  description = "Service \${count.index}"
  vpc_id      = aws_vpc.main[0].id`,
  ),
  kind(
    "aws_vpc_security_group_ingress_rule",
    "service",
    20,
    (
      count,
    ) => `security_group_id = aws_security_group.service[count.index % ${count("aws_security_group")}].id
  cidr_ipv4         = "10.0.0.0/16"
  from_port         = 1024 + count.index
  to_port           = 1024 + count.index
  ip_protocol       = "tcp"`,
  ),
  kind(
    "aws_iam_role",
    "service",
    4,
    () => `name = "service-\${count.index}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })`,
  ),
  kind(
    "aws_iam_role_policy",
    "service",
    10,
    (count) => `name = "inline-\${count.index}"
  role = aws_iam_role.service[count.index % ${count("aws_iam_role")}].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::data-\${count.index}/*" }]
  })`,
  ),
  kind(
    "aws_iam_policy",
    "shared",
    6,
    () => `name = "shared-\${count.index}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = "*" }]
  })`,
  ),
  kind(
    "aws_iam_role_policy_attachment",
    "shared",
    10,
    (count) => `role       = aws_iam_role.service[count.index % ${count("aws_iam_role")}].name
  policy_arn = aws_iam_policy.shared[count.index % ${count("aws_iam_policy")}].arn`,
  ),
  kind(
    "aws_sns_topic",
    "news",
    3,
    () => `name         = "news-\${count.index}"
  display_name = "News \${count.index}"`,
  ),
  kind(
    "aws_ssm_parameter",
    "setting",
    2,
    () => `name  = "/bench/setting-\${count.index}"
  type  = "String"
  value = "value \${count.index}"`,
  ),
  kind(
    "aws_cloudwatch_log_group",
    "service",
    8,
    () => `name              = "/bench/service-\${count.index}"
  retention_in_days = 30`,
  ),
  kind(
    "aws_cloudwatch_metric_alarm",
    "late",
    8,
    (count) => `alarm_name          = "late-\${count.index}"
  namespace           = "Bench"
  metric_name         = "Late\${count.index}"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3
  period              = 60
  evaluation_periods  = 2
  alarm_actions       = [aws_sns_topic.news[count.index % ${count("aws_sns_topic")}].arn]`,
  ),
  kind(
    "aws_dynamodb_table",
    "rows",
    1,
    () => `name         = "rows-\${count.index}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }`,
  ),
  kind("aws_s3_bucket", "data", 1, () => `bucket = "bench-data-\${count.index}"`),
];

function kind(type: string, name: string, weight: number, body: (count: Counts) => string): Kind {
  const block = (count: Counts) => `resource "${type}" "${name}" {
  count = ${count(type)}

  ${body(count)}
}
`;
  return { type, weight, block };
}

/** Where every resource lies. */
export const REGION = "eu-central-1";

export const SERVICES = ["cloudwatch", "dynamodb", "iam", "logs", "s3", "sns", "ssm", "sts"];

const PROVIDER = `terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "cloud" {
  type = string
}

# Where EC2 has a simulated cloud of its own.
variable "network" {
  type    = string
  default = null
}

provider "aws" {
  region                      = "${REGION}"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true

  endpoints {
    ec2 = coalesce(var.network, var.cloud)
${SERVICES.map((service) => `    ${service} = var.cloud`).join("\n")}
  }
}
`;
