/** `anchorwatch serve`: the watch and its server, in one process. */
import { resolve } from "node:path";
import { UPKEEP_EVERY_MS } from "../../app/access/upkeep.ts";
import type { ListenSettings } from "../../app/configuration/server/listenSettings.ts";
import { parsePublicUrl } from "../../app/configuration/server/publicUrl.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { Place } from "../../server/access/place.ts";
import { createServer } from "../../server/createServer.ts";
import { listen } from "../../server/listen.ts";
import { createServerMetrics } from "../../server/metrics/serverMetrics.ts";
import { writeTo } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { keepCertificate } from "./certificate.ts";
import type { ServedAccess } from "./servedAccess.ts";
import { ended, type Logger, runService, type Service, type ServiceFlags } from "./service.ts";
import { readTls } from "./tls.ts";
import { whatIsWatched } from "./words.ts";

export interface ServeFlags extends ServiceFlags {
  readonly port?: number;
  readonly host?: string;
  readonly publicUrl?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export async function runServe(flags: ServeFlags, surroundings: Surroundings): Promise<number> {
  const { version, stdout, every, lasting } = surroundings;
  const metrics = createServerMetrics({ version });
  const begin = async ({ watch, configuration, logger }: Service) => {
    const { clock: now, newId } = lasting;
    const settings = listenSettings(configuration.current.listen, flags, surroundings);
    const tls = settings.tls === undefined ? undefined : await readTls(settings.tls);
    const place = new Place({ ...settings, tls: tls !== undefined });
    const access = await watch.openAccess();
    const common = { watch, metrics, logger, version, now, newId, every };
    const api = await createServer({
      ...common,
      ...access.parts,
      place,
      ...(tls === undefined ? {} : { tls }),
    });
    const ends = [
      () => api.close(),
      recordEachConfiguration(access, configuration, logger),
      every(UPKEEP_EVERY_MS, () => void logged(access.keepUp(), logger)),
      settings.tls === undefined || tls === undefined
        ? () => {}
        : keepCertificate(api, settings.tls, { inForce: tls, every, logger }),
      () => access.close(),
    ];
    const end = async () => {
      for (const each of ends) await ended(each, logger);
    };
    try {
      const port = flags.port ?? configuration.current.watch.port;
      await listen(api, { ...(settings.host === undefined ? {} : { host: settings.host }), port, place });
      await writeTo(stdout, `${(await greeting(version, place, access)).join("\n")}\n`);
    } catch (error) {
      await end();
      throw error;
    }
    await writeTo(stdout, `${whatIsWatched(configuration.current).join("\n")}\nCtrl-C stops it.\n`);
    return end;
  };
  return await runService(flags, surroundings, { meter: metrics.meter, begin });
}

async function greeting(version: string, place: Place, access: ServedAccess): Promise<readonly string[]> {
  const where = place.isLocal ? ", for this machine alone" : "";
  const first = await access.firstRunPath();
  if (first === undefined) return [`Anchorwatch ${version} is at ${place.url}${where}.`];
  return [
    `Anchorwatch ${version} is at ${place.url}${where}.`,
    "Nobody may sign in yet. Make the first administrator, within an hour and only once, at",
    `  ${place.url}${first}`,
  ];
}

/** @throws AnchorwatchError `config_invalid` and `server_tls_unusable` for flags that do not fit */
function listenSettings(
  configured: ListenSettings,
  { host, publicUrl, tlsCert, tlsKey }: ServeFlags,
  { workingDirectory }: Surroundings,
): ListenSettings {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new AnchorwatchError("server_tls_unusable", "one of --tls-cert and --tls-key is missing", {
      hint: "Give both: the certificate with its chain, and its private key.",
    });
  }
  return {
    ...configured,
    ...(host === undefined ? {} : { host }),
    ...(publicUrl === undefined ? {} : { publicUrl: originOf(publicUrl) }),
    ...(tlsCert === undefined || tlsKey === undefined
      ? {}
      : {
          tls: { certFile: resolve(workingDirectory, tlsCert), keyFile: resolve(workingDirectory, tlsKey) },
        }),
  };
}

function originOf(publicUrl: string): string {
  const read = parsePublicUrl(publicUrl);
  if ("origin" in read) return read.origin;
  throw new AnchorwatchError("config_invalid", `--public-url ${read.problem}`, { hint: read.hint });
}

/** From the start on, and at each change, one after the other, until the function that it gives has ended. */
function recordEachConfiguration(
  access: ServedAccess,
  configuration: Service["configuration"],
  logger: Logger,
): () => Promise<void> {
  let written = Promise.resolve();
  const write = (work: () => Promise<void>) => {
    written = written.then(() => logged(work(), logger));
  };
  let { digest: before } = configuration;
  const { file } = configuration.current;
  const { assignments } = configuration.current.access;
  const first = { file, digest: before };
  write(() => access.recordConfiguration(first));
  write(() => access.recordRolesOfTheFile(assignments));
  write(() => access.forgetForeignGroups());
  const leave = configuration.onChange((current) => {
    const { digest } = configuration;
    const change = { file: current.file, digest, before };
    write(() => access.recordConfiguration(change));
    write(() => access.recordRolesOfTheFile(current.access.assignments));
    write(() => access.forgetForeignGroups());
    before = digest;
  });
  return async () => {
    leave();
    await written;
  };
}

async function logged(work: Promise<void>, logger: Logger): Promise<void> {
  try {
    await work;
  } catch (error) {
    logger.error({ err: error }, "something about access could not be written down");
  }
}
