/**
 * Which names are blocks in Terraform's language, and how many labels they have. JSON cannot say it, and the blocks of a
 * resource's own schema are not known here: those come out as attributes whose value is an object or a tuple of objects.
 * @see https://developer.hashicorp.com/terraform/language/syntax/json
 */
export interface BlockStructure {
  readonly labels: number;
  readonly blocks: Readonly<Record<string, BlockStructure>>;
}

const plain = (labels: number, blocks: Readonly<Record<string, BlockStructure>> = {}): BlockStructure => ({
  labels,
  blocks,
});

const CHECKS = { precondition: plain(0), postcondition: plain(0) };
const LIFECYCLE = { lifecycle: plain(0, CHECKS) };
const RESOURCE = {
  ...LIFECYCLE,
  connection: plain(0),
  provisioner: plain(1, { connection: plain(0) }),
  dynamic: plain(1, { content: plain(0) }),
};

export const TERRAFORM_STRUCTURE: Readonly<Record<string, BlockStructure>> = {
  terraform: plain(0, {
    required_providers: plain(0),
    backend: plain(1),
    cloud: plain(0, { workspaces: plain(0) }),
    provider_meta: plain(1),
    encryption: plain(0),
  }),
  provider: plain(1, { dynamic: plain(1, { content: plain(0) }) }),
  variable: plain(1, { validation: plain(0) }),
  locals: plain(0),
  output: plain(1, CHECKS),
  module: plain(1),
  resource: plain(2, RESOURCE),
  data: plain(2, RESOURCE),
  ephemeral: plain(2, RESOURCE),
  moved: plain(0),
  removed: plain(0, LIFECYCLE),
  import: plain(0),
  check: plain(1, { data: plain(2, RESOURCE), assert: plain(0) }),
};
