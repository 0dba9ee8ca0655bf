/** What attributes are about, by their names. Names are of providers of AWS above all; words are enough to know the others by. */
import type { DriftClass, Severity } from "../../domain/classification.ts";

export interface Meaning {
  readonly class: DriftClass;
  readonly severity: Severity;
  /** “network access”; a part of a sentence. */
  readonly about: string;
  /** Words of a name, each between `_` or its ends. */
  readonly words: RegExp;
}

/** The first that fits counts, so the gravest come first. */
export const MEANINGS: readonly Meaning[] = [
  security("high", "who may reach it from the Internet", "public|publicly|internet|anonymous"),
  security(
    "high",
    "who may do what",
    "policy|policies|iam|role|roles|principal|principals|permission|permissions|assume|trust|acl|acls|grant|grants|owner_id|mfa|admin|administrator|password_policy|federated|saml|oidc|authorizer|authorization|authorization_type|auth|authentication",
  ),
  security(
    "high",
    "network access",
    "ingress|egress|cidr|cidrs|cidr_blocks|cidr_ipv4|cidr_ipv6|security_group|security_groups|security_group_ids|firewall|from_port|to_port|ip_protocol|allowed|whitelist|allow_list|ip_set|referenced_security_group_id",
  ),
  security(
    "high",
    "encryption and keys",
    "kms|encrypt|encrypted|encryption|sse|tls|ssl|https|certificate|certificates|cipher|ciphers|key_rotation|enable_key_rotation|master_user_secret|secret|secrets|password|token|credential|credentials|http_tokens|min_tls_version|protocol_version",
  ),
  security(
    "medium",
    "logging and monitoring of who did what",
    "log|logs|logging|log_config|audit|trail|cloudwatch_logs|flow_log|access_logs|insights|detector|monitoring|alarm_actions|is_multi_region_trail|retention_in_days",
  ),
  security(
    "medium",
    "protection against loss",
    "deletion_protection|disable_api_termination|termination_protection|prevent_destroy|versioning|mfa_delete|object_lock|backup|backups|backup_retention_period|skip_final_snapshot|point_in_time_recovery|force_destroy|recovery_window_in_days|deletion_window_in_days|retention",
  ),
  security(
    "medium",
    "the code that runs",
    "image|image_id|image_uri|ami|user_data|source_code_hash|container_definitions|code|script|layers|entrypoint|command|commands|environment|startup_script",
  ),
  security(
    "medium",
    "where the network leads",
    "route|routes|gateway|gateway_id|nat|peering|vpc|vpc_id|subnet|subnets|subnet_ids|dns|records|alias|zone_id|endpoint",
  ),
  operational(
    "info",
    "names and notes",
    "tags|tags_all|description|comment|comments|note|notes|labels|annotations|display_name|title",
  ),
  operational(
    "medium",
    "how much of it there is",
    "capacity|desired_capacity|desired_count|min_size|max_size|size|count|instance_type|instance_class|node_type|allocated_storage|iops|throughput|memory|memory_size|cpu|shards|shard_count|read_capacity|write_capacity|replicas|multi_az|availability_zone|availability_zones|enabled|timeout|timeouts|maintenance_window|engine_version|runtime|version",
  ),
];

function security(severity: Severity, about: string, words: string): Meaning {
  return { class: "security", severity, about, words: wordsOf(words) };
}

function operational(severity: Severity, about: string, words: string): Meaning {
  return { class: "operational", severity, about, words: wordsOf(words) };
}

function wordsOf(words: string): RegExp {
  return new RegExp(`(?:^|_)(?:${words})(?:_|$)`, "i");
}

/** Kinds of resources that are about security as a whole, by words of their types. */
export const SECURITY_TYPES =
  /(?:^|_)(?:iam|kms|security_group|security_groups|network_acl|policy|policies|permission|permissions|role|user|group_membership|access_key|cloudtrail|guardduty|securityhub|config_rule|configuration_recorder|waf|wafv2|acm|secretsmanager|ssm_parameter|cognito|organizations|sso|ssoadmin|public_access_block|firewall|vpc_endpoint|key|certificate|secret|acl|flow_log|detector)(?:_|$)/i;
