/**
 * Users, groups, roles and policies with everything that gives them rights. One call tells most of it; keys and passwords are asked
 * for each user, since nothing else tells of them.
 */
import {
  GetAccountAuthorizationDetailsCommand,
  type GetAccountAuthorizationDetailsResponse,
  GetLoginProfileCommand,
  type GroupDetail,
  IAMClient,
  ListAccessKeysCommand,
  ListOpenIDConnectProvidersCommand,
  ListSAMLProvidersCommand,
  type ManagedPolicyDetail,
  type PolicyDetail,
  type RoleDetail,
  type UserDetail,
} from "@aws-sdk/client-iam";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { Lister, ListingPlace } from "../lister.ts";
import { attributesOf, policyOf, tagsOf } from "../shown.ts";
import { GLOBAL, named, type Thing, type ThingReference, unique } from "../thing.ts";

export const iam: Lister = {
  service: "iam",
  isGlobal: true,
  tellsTags: true,
  // Of instance profiles only those that have a role.
  types: [
    ...["aws_iam_user", "aws_iam_group", "aws_iam_role", "aws_iam_policy"],
    ...["aws_iam_openid_connect_provider", "aws_iam_saml_provider"],
  ],
  async list(place) {
    const client = new IAMClient(place.client);
    try {
      const lister = new IamLister(client, place);
      return [...(await lister.details()), ...(await lister.providers())];
    } finally {
      client.destroy();
    }
  },
};

/** What all things of IAM have in common; `at` of which there is nothing else to say. */
type Given = Pick<Thing, "type" | "id" | "names"> & Partial<Thing>;

class IamLister {
  readonly #client: IAMClient;
  readonly #place: ListingPlace;

  constructor(client: IAMClient, place: ListingPlace) {
    this.#client = client;
    this.#place = place;
  }

  async details(): Promise<readonly Thing[]> {
    const { ask } = this.#place;
    const found: Thing[] = [];
    const users: UserDetail[] = [];
    let Marker: string | undefined;
    do {
      const page: GetAccountAuthorizationDetailsResponse | undefined = await ask(
        "iam:GetAccountAuthorizationDetails",
        () =>
          this.#client.send(
            new GetAccountAuthorizationDetailsCommand({
              Filter: ["User", "Role", "Group", "LocalManagedPolicy"],
              MaxItems: 1000,
              ...(Marker === undefined ? {} : { Marker }),
            }),
          ),
      );
      if (page === undefined) return found;
      users.push(...(page.UserDetailList ?? []));
      found.push(...(page.UserDetailList ?? []).flatMap((user) => this.#user(user)));
      found.push(...(page.GroupDetailList ?? []).flatMap((group) => this.#group(group)));
      found.push(...(page.RoleDetailList ?? []).flatMap((role) => this.#role(role)));
      found.push(...(page.Policies ?? []).map((policy) => this.#policy(policy)));
      Marker = page.IsTruncated === true ? page.Marker : undefined;
    } while (Marker !== undefined);
    const { named: wanted } = this.#place;
    const asked = users.filter(({ UserName = "" }) => wanted?.has(UserName) ?? true);
    const credentials = await Promise.all(asked.map(({ UserName = "" }) => this.#credentials(UserName)));
    return [...found, ...credentials.flat()];
  }

  async providers(): Promise<readonly Thing[]> {
    const { ask } = this.#place;
    const [oidc, saml] = await Promise.all([
      ask("iam:ListOpenIDConnectProviders", () =>
        this.#client.send(new ListOpenIDConnectProvidersCommand({})),
      ),
      ask("iam:ListSAMLProviders", () => this.#client.send(new ListSAMLProvidersCommand({}))),
    ]);
    const provider =
      (type: string) =>
      ({ Arn = "" }: { readonly Arn?: string | undefined }) =>
        this.#thing({ type, id: Arn, arn: Arn, names: [unique(Arn)] });
    return [
      ...(oidc?.OpenIDConnectProviderList ?? []).map(provider("aws_iam_openid_connect_provider")),
      ...(saml?.SAMLProviderList ?? []).map(provider("aws_iam_saml_provider")),
    ];
  }

  #user(user: UserDetail): readonly Thing[] {
    const { UserName: name = "", Path, Arn: arn = "", CreateDate, Tags, GroupList = [] } = user;
    const parent = { type: "aws_iam_user", id: name };
    return [
      this.#thing({
        ...{ ...parent, arn, names: [unique(arn)], tags: tagsOf(Tags) },
        attributes: attributesOf({ name, path: Path, permissions_boundary: boundaryOf(user) }),
        telling: ["permissions_boundary"],
        ...createdAt(CreateDate),
      }),
      ...this.#inline("aws_iam_user_policy", "user", parent, user.UserPolicyList),
      ...this.#attached("aws_iam_user_policy_attachment", "user", parent, user.AttachedManagedPolicies),
      ...GroupList.map((group) =>
        this.#part("aws_iam_user_group_membership", `${name}/${group}`, parent, { user: name, group }),
      ),
    ];
  }

  #group(group: GroupDetail): readonly Thing[] {
    const { GroupName: name = "", Path, Arn: arn = "", CreateDate } = group;
    const parent = { type: "aws_iam_group", id: name };
    return [
      this.#thing({
        ...{ ...parent, arn, names: [unique(arn)] },
        attributes: attributesOf({ name, path: Path }),
        ...createdAt(CreateDate),
      }),
      ...this.#inline("aws_iam_group_policy", "group", parent, group.GroupPolicyList),
      ...this.#attached("aws_iam_group_policy_attachment", "group", parent, group.AttachedManagedPolicies),
    ];
  }

  /** A role's own state tells of its policies. */
  #role(role: RoleDetail): readonly Thing[] {
    const { RoleName: name = "", Path: path = "/", Arn: arn = "", CreateDate, Tags } = role;
    const parent = { type: "aws_iam_role", id: name };
    // Nobody else can make roles there.
    const isOfService = /^\/(?:aws-service-role|aws-reserved)\//.test(path);
    const facts: Thing["facts"] = isOfService ? ["service"] : [];
    const common = { isSeenWithParent: true, facts };
    const profiles = (role.InstanceProfileList ?? []).map((profile) => {
      const { InstanceProfileName: id = "", Arn = "" } = profile;
      return this.#thing({
        ...{ type: "aws_iam_instance_profile", id, arn: Arn, names: [unique(Arn)], facts },
        attributes: { name: id, role: name },
        telling: ["role"],
        ...createdAt(profile.CreateDate),
      });
    });
    return [
      this.#thing({
        ...{ ...parent, arn, names: [unique(arn)], tags: tagsOf(Tags), facts },
        attributes: attributesOf({
          ...{ name, path, permissions_boundary: boundaryOf(role) },
          assume_role_policy: policyOf(role.AssumeRolePolicyDocument),
        }),
        telling: ["assume_role_policy", "permissions_boundary"],
        ...createdAt(CreateDate),
      }),
      ...this.#inline("aws_iam_role_policy", "role", parent, role.RolePolicyList).map(with_(common)),
      ...this.#attached("aws_iam_role_policy_attachment", "role", parent, role.AttachedManagedPolicies).map(
        with_(common),
      ),
      ...profiles,
    ];
  }

  #policy(policy: ManagedPolicyDetail): Thing {
    const { PolicyName: name = "", Arn: arn = "", Path, CreateDate } = policy;
    const version = policy.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion === true);
    return this.#thing({
      ...{ type: "aws_iam_policy", id: arn, arn, names: [unique(arn)] },
      attributes: attributesOf({ name, path: Path, policy: policyOf(version?.Document) }),
      telling: ["policy"],
      ...createdAt(CreateDate),
    });
  }

  async #credentials(user: string): Promise<readonly Thing[]> {
    const { ask } = this.#place;
    const parent = { type: "aws_iam_user", id: user };
    const [keys, profile] = await Promise.all([
      ask("iam:ListAccessKeys", () =>
        this.#client.send(new ListAccessKeysCommand({ UserName: user, MaxItems: 100 })),
      ),
      ask("iam:GetLoginProfile", async () => {
        try {
          return await this.#client.send(new GetLoginProfileCommand({ UserName: user }));
        } catch (error) {
          // He has no password.
          if (error instanceof Error && /^NoSuchEntity/.test(error.name)) return undefined;
          throw error;
        }
      }),
    ]);
    const found = (keys?.AccessKeyMetadata ?? []).map(({ AccessKeyId: id = "", Status, CreateDate }) =>
      this.#thing({
        ...{ type: "aws_iam_access_key", id, names: [unique(id)], parent },
        attributes: attributesOf({ user, status: Status }),
        telling: ["status"],
        ...createdAt(CreateDate),
      }),
    );
    const login = profile?.LoginProfile;
    if (login === undefined) return found;
    return [
      ...found,
      this.#thing({
        ...{ type: "aws_iam_user_login_profile", id: user, names: [named(user)], parent },
        attributes: { user },
        ...createdAt(login.CreateDate),
      }),
    ];
  }

  #inline(type: string, of: string, parent: ThingReference, policies: readonly PolicyDetail[] = []) {
    return policies.map(({ PolicyName: name = "", PolicyDocument }) => ({
      ...this.#part(type, `${parent.id}:${name}`, parent, {
        ...{ [of]: parent.id, name },
        ...attributesOf({ policy: policyOf(PolicyDocument) }),
      }),
      telling: ["policy"],
    }));
  }

  #attached(
    type: string,
    of: string,
    parent: ThingReference,
    policies: readonly { readonly PolicyArn?: string | undefined }[] = [],
  ) {
    return policies.map(({ PolicyArn: arn = "" }) =>
      this.#part(type, `${parent.id}/${arn}`, parent, { [of]: parent.id, policy_arn: arn }),
    );
  }

  #part(type: string, id: string, parent: ThingReference, attributes: JsonObject): Thing {
    return this.#thing({ type, id, names: [named(id)], parent, attributes });
  }

  #thing(given: Given): Thing {
    const { unit } = this.#place;
    return { region: GLOBAL, unit, tags: {}, facts: [], attributes: {}, telling: [], ...given };
  }
}

function with_(more: Partial<Thing>) {
  return (thing: Thing): Thing => ({ ...thing, ...more });
}

function createdAt(at: Date | undefined): Pick<Thing, "createdAt"> {
  return at === undefined ? {} : { createdAt: at };
}

function boundaryOf({ PermissionsBoundary }: Pick<UserDetail, "PermissionsBoundary">): string | undefined {
  return PermissionsBoundary?.PermissionsBoundaryArn;
}
