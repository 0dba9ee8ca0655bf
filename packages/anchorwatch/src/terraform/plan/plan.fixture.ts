/** Plans for tests, of which only what matters is said. */

export interface GivenChange {
  readonly address?: string;
  readonly type?: string;
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly unknown?: unknown;
  readonly sensitiveBefore?: unknown;
  readonly sensitiveAfter?: unknown;
  /** Beside the change, such as `previous_address`. */
  readonly more?: object;
  /** In the change, such as `importing`. */
  readonly inside?: object;
}

export function planText(changes: readonly GivenChange[], more: object = {}): string {
  return JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: { root_module: {} },
    resource_changes: changes.map(changeOf),
    ...more,
  });
}

export function changeOf(given: GivenChange): object {
  const {
    address = "aws_security_group.web",
    type = address.split(".").at(-2),
    actions = ["update"],
  } = given;
  return {
    address,
    mode: "managed",
    type,
    provider_name: "registry.terraform.io/hashicorp/aws",
    ...given.more,
    change: {
      actions,
      before: given.before ?? null,
      after: given.after ?? null,
      after_unknown: given.unknown ?? {},
      before_sensitive: given.sensitiveBefore ?? {},
      after_sensitive: given.sensitiveAfter ?? {},
      ...given.inside,
    },
  };
}
