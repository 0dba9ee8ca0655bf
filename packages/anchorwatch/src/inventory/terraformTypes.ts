/** What Terraform's AWS provider calls things of which only an ARN is known, and by what it imports them. */
import { type Arn, parseArn } from "./arn.ts";
import type { ThingReference } from "./thing.ts";

type IdOf = (arn: Arn, text: string) => string;

const name: IdOf = ({ name }) => name;
const last: IdOf = ({ name }) => name.split("/").at(-1) ?? name;
const whole: IdOf = (_, text) => text;
/** Log groups: `log-group:/aws/x:*` */
const logGroup: IdOf = ({ name }) => name.replace(/:\*$/, "");

/** By service and kind of the ARN. */
const TYPES: Readonly<Record<string, readonly [type: string, id: IdOf]>> = {
  "acm:certificate": ["aws_acm_certificate", whole],
  "apigateway:restapis": ["aws_api_gateway_rest_api", name],
  "autoscaling:autoScalingGroup": ["aws_autoscaling_group", last],
  "cloudformation:stack": ["aws_cloudformation_stack", ({ name }) => name.split("/")[0] ?? name],
  "cloudfront:distribution": ["aws_cloudfront_distribution", name],
  "cloudtrail:trail": ["aws_cloudtrail", whole],
  "cloudwatch:alarm": ["aws_cloudwatch_metric_alarm", name],
  "codebuild:project": ["aws_codebuild_project", whole],
  "dynamodb:table": ["aws_dynamodb_table", name],
  "ec2:customer-gateway": ["aws_customer_gateway", name],
  "ec2:elastic-ip": ["aws_eip", name],
  "ec2:image": ["aws_ami", name],
  "ec2:instance": ["aws_instance", name],
  "ec2:internet-gateway": ["aws_internet_gateway", name],
  "ec2:key-pair": ["aws_key_pair", name],
  "ec2:launch-template": ["aws_launch_template", name],
  "ec2:natgateway": ["aws_nat_gateway", name],
  "ec2:network-acl": ["aws_network_acl", name],
  "ec2:network-interface": ["aws_network_interface", name],
  "ec2:route-table": ["aws_route_table", name],
  "ec2:security-group": ["aws_security_group", name],
  "ec2:security-group-rule": ["aws_vpc_security_group_ingress_rule", name],
  "ec2:snapshot": ["aws_ebs_snapshot", name],
  "ec2:subnet": ["aws_subnet", name],
  "ec2:transit-gateway": ["aws_ec2_transit_gateway", name],
  "ec2:volume": ["aws_ebs_volume", name],
  "ec2:vpc": ["aws_vpc", name],
  "ec2:vpc-endpoint": ["aws_vpc_endpoint", name],
  "ec2:vpc-peering-connection": ["aws_vpc_peering_connection", name],
  "ec2:vpn-connection": ["aws_vpn_connection", name],
  "ecr:repository": ["aws_ecr_repository", name],
  "ecs:cluster": ["aws_ecs_cluster", name],
  "ecs:service": ["aws_ecs_service", name],
  "ecs:task-definition": ["aws_ecs_task_definition", whole],
  "eks:cluster": ["aws_eks_cluster", name],
  "elasticache:cluster": ["aws_elasticache_cluster", name],
  "elasticfilesystem:file-system": ["aws_efs_file_system", name],
  "elasticloadbalancing:listener": ["aws_lb_listener", whole],
  "elasticloadbalancing:loadbalancer": ["aws_lb", whole],
  "elasticloadbalancing:targetgroup": ["aws_lb_target_group", whole],
  "es:domain": ["aws_opensearch_domain", name],
  "events:event-bus": ["aws_cloudwatch_event_bus", name],
  "events:rule": ["aws_cloudwatch_event_rule", ({ name }) => (name.includes("/") ? name : `default/${name}`)],
  "firehose:deliverystream": ["aws_kinesis_firehose_delivery_stream", whole],
  "iam:group": ["aws_iam_group", last],
  "iam:instance-profile": ["aws_iam_instance_profile", last],
  "iam:oidc-provider": ["aws_iam_openid_connect_provider", whole],
  "iam:policy": ["aws_iam_policy", whole],
  "iam:role": ["aws_iam_role", last],
  "iam:saml-provider": ["aws_iam_saml_provider", whole],
  "iam:user": ["aws_iam_user", last],
  "kinesis:stream": ["aws_kinesis_stream", name],
  "kms:alias": ["aws_kms_alias", ({ name }) => `alias/${name}`],
  "kms:key": ["aws_kms_key", name],
  "lambda:function": ["aws_lambda_function", name],
  "lambda:layer": ["aws_lambda_layer_version", whole],
  "logs:log-group": ["aws_cloudwatch_log_group", logGroup],
  "rds:cluster": ["aws_rds_cluster", name],
  "rds:db": ["aws_db_instance", name],
  "rds:snapshot": ["aws_db_snapshot", name],
  "redshift:cluster": ["aws_redshift_cluster", name],
  "route53:hostedzone": ["aws_route53_zone", name],
  "s3:": ["aws_s3_bucket", name],
  "secretsmanager:secret": ["aws_secretsmanager_secret", whole],
  "sns:": ["aws_sns_topic", whole],
  "sqs:": [
    "aws_sqs_queue",
    ({ region, account, name }) => `https://sqs.${region}.amazonaws.com/${account}/${name}`,
  ],
  "ssm:parameter": ["aws_ssm_parameter", ({ name }) => (name.includes("/") ? `/${name}` : name)],
  "states:stateMachine": ["aws_sfn_state_machine", whole],
};

/** Undefined when it is no ARN. */
export function referenceOf(arn: string): ThingReference | undefined {
  const parsed = parseArn(arn);
  if (parsed === undefined) return undefined;
  const key = `${parsed.service}:${parsed.kind}`;
  const known = Object.hasOwn(TYPES, key) ? TYPES[key] : undefined;
  // A stage is no API: /restapis/ID/stages/NAME
  const stage = key === "apigateway:restapis" ? /^([^/]+)\/stages\/([^/]+)$/.exec(parsed.name) : null;
  if (stage !== null) return { type: "aws_api_gateway_stage", id: `${stage[1]}/${stage[2]}` };
  return known === undefined
    ? { type: key.replace(/:$/, ""), id: arn }
    : { type: known[0], id: known[1](parsed, arn) };
}

/** Other resources of Terraform that are the same thing. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_metric_alarm: ["aws_cloudwatch_composite_alarm"],
  aws_cloudformation_stack: ["aws_cloudformation_stack_set_instance"],
  aws_ebs_snapshot: ["aws_ebs_snapshot_copy", "aws_ebs_snapshot_import"],
  aws_instance: ["aws_spot_instance_request"],
  aws_ami: ["aws_ami_copy", "aws_ami_from_instance"],
  aws_kms_key: ["aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key"],
  aws_lb: ["aws_alb", "aws_elb"],
  aws_lb_listener: ["aws_alb_listener"],
  aws_lb_target_group: ["aws_alb_target_group"],
  aws_network_acl: ["aws_default_network_acl"],
  aws_opensearch_domain: ["aws_elasticsearch_domain"],
  aws_rds_cluster: ["aws_docdb_cluster", "aws_neptune_cluster"],
  aws_db_instance: ["aws_rds_cluster_instance", "aws_docdb_cluster_instance", "aws_neptune_cluster_instance"],
  aws_route_table: ["aws_default_route_table"],
  aws_security_group: ["aws_default_security_group"],
  aws_subnet: ["aws_default_subnet"],
  aws_vpc: ["aws_default_vpc"],
  aws_vpc_peering_connection: ["aws_vpc_peering_connection_accepter"],
  aws_vpc_security_group_ingress_rule: ["aws_vpc_security_group_egress_rule", "aws_security_group_rule"],
  aws_vpc_security_group_egress_rule: ["aws_vpc_security_group_ingress_rule", "aws_security_group_rule"],
  aws_iam_role_policy_attachment: ["aws_iam_policy_attachment", "aws_iam_role_policy_attachments_exclusive"],
  aws_iam_user_policy_attachment: ["aws_iam_policy_attachment", "aws_iam_user_policy_attachments_exclusive"],
  aws_iam_group_policy_attachment: [
    "aws_iam_policy_attachment",
    "aws_iam_group_policy_attachments_exclusive",
  ],
  aws_iam_user_group_membership: ["aws_iam_group_membership"],
};

/** Resources whose own ARN it is nevertheless not: they speak of it. Except where the ARN itself is called so. */
const SPEAKING =
  /_(attachment|association|policy|permission|membership|subscription|target|version|rotation|acl|configuration|grant|alias|block)$/;

/** They are called so, and their ARNs are not. */
const OWN_ARN: ReadonlySet<string> = new Set([
  ...["aws_wafv2_web_acl", "aws_db_event_subscription", "aws_dms_event_subscription"],
  ...["aws_docdb_event_subscription", "aws_neptune_event_subscription"],
]);

/** Whether a resource of Terraform of that type can be this thing, and does not only speak of it. */
export function canBe(terraformType: string, { type }: Pick<ThingReference, "type">): boolean {
  if (type.startsWith("aws_"))
    return terraformType === type || (SAME[type]?.includes(terraformType) ?? false);
  // Services and resources are called differently: kafka is aws_msk_cluster, rds:subgrp aws_db_subnet_group.
  const word = SPEAKING.exec(terraformType)?.[1];
  return word === undefined || type.toLowerCase().includes(word) || OWN_ARN.has(terraformType);
}
