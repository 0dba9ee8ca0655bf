/** The CloudFormation template: `template.yaml`. */
import type { ConnectOptions } from "../connectOptions.ts";
import type { CloudFormationResource, Part } from "../parts/part.ts";
import { inCloudFormation } from "../parts/references.ts";
import type { Output } from "./output.ts";
import type { TreeMap } from "./tree.ts";
import { yamlMap } from "./yaml.ts";

export function cloudFormationTemplate(
  part: Part,
  outputs: readonly Output[],
  options: ConnectOptions,
): string {
  const resources = Object.entries(part.cloudFormation).map(([id, resource]) => [id, resourceTree(resource)]);
  const template: TreeMap = {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "What Anchorwatch needs in this account and region, and nothing else.",
    Rules: rules(options),
    Resources: Object.fromEntries(resources) as TreeMap,
    Outputs: Object.fromEntries(outputs.map((output) => [camel(output.name), outputTree(output)])) as TreeMap,
  };
  return `${header(options)}${yamlMap(template, inCloudFormation)}`;
}

function header({ account, region, name }: ConnectOptions): string {
  return `# What Anchorwatch needs in the account ${account}, region ${region}, and nothing else.
# Written by “anchorwatch connect aws”. Run that again rather than editing here: the same flags give the same files.
#
#   aws cloudformation deploy --region ${region} --stack-name ${name}-connection \\
#     --template-file template.yaml --capabilities CAPABILITY_NAMED_IAM
`;
}

/** Looked at by CloudFormation before it makes anything. */
function rules({ account, region }: ConnectOptions): TreeMap {
  const equal = (pseudo: string, expected: string) => ({ "Fn::Equals": [`\${${pseudo}}`, expected] });
  return {
    RightPlace: {
      Assertions: [
        {
          Assert: equal("AWS::AccountId", account),
          AssertDescription: `This connection was written for the account ${account}.`,
        },
        {
          Assert: equal("AWS::Region", region),
          AssertDescription: `This connection was written for the region ${region}.`,
        },
      ],
    },
  };
}

function resourceTree({ type, comment, retained, dependsOn, properties }: CloudFormationResource): TreeMap {
  return {
    ...(comment === undefined ? {} : { "#": comment }),
    Type: type,
    ...(dependsOn === undefined ? {} : { DependsOn: dependsOn }),
    ...(retained === true ? { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" } : {}),
    Properties: properties,
  };
}

function outputTree({ description, value }: Output): TreeMap {
  return { Description: description, Value: `\${${value}}` };
}

function camel(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, first: string) => first.toUpperCase());
}
