// chappe serve: runs the platform until a stop signal. Prints how to use it, then the line `ready`.
import { createLog } from '#lib/observability/log.ts';
import type { Config } from '#main/config/settings.ts';
import type { RunningProcess } from '#main/running-process.ts';
import { type Runtime, startRuntime } from '#main/runtime.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { createOperatorLinks, enterPath } from '#operations/account/members/operator-links.ts';
import { ensureDemo } from '#operations/operator/accounts/demo-account.ts';
import { cliActor } from './actor.ts';
import type { Command } from './command.ts';
import { whenAskedToStop } from './stop-signals.ts';

/** After a stop signal the process ends within the sum of both times, below the ten seconds of container runtimes. */
const platformWithinMs = 7_500;
const engineWithinMs = 2_000;

export const serve: Command = {
  words: 'serve',
  summary:
    'Runs the platform. Prints instructions, and "ready" when its listeners are open and a carrier is bound.',
  options: {},
  async run({ config, print }) {
    const log = createLog(config.logLevel);
    const { asked: stopAsked, signal } = whenAskedToStop();
    const { startProcess, startupBanner } = await loadMain();
    const runtime = await startRuntime(config, log, { mayCreate: true, signal }).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (runtime === null) return 0;
    const running = await startProcess(config, runtime, (reason) => {
      // Other processes reclaim the work of a process that lost its lease: it must not store anything more.
      process.stderr.write(`chappe: ${reason}\n`);
      process.exit(70);
    }).catch(async (error: unknown) => {
      await runtime.stop();
      throw error;
    });
    try {
      const demo = await ensureDemo(runtime, config.demo);
      const link = await firstLink(config, runtime, running);
      print(
        {
          http: running.httpUrl,
          https: running.httpsUrl,
          smtp: running.smtpUrl,
          smpp: running.smppUrl,
          smpps: running.smppsUrl,
          console: link,
          postgres: runtime.version,
          demo: demo && { octopush: { user_login: demo.login, api_key: demo.apiKey } },
        },
        startupBanner(config, runtime, running, { demo, link }),
      );
    } catch (error) {
      await stopsInTime(running.stop(), platformWithinMs);
      await runtime.stop();
      throw error;
    }
    void running.whenBound().then(() => process.stdout.write('ready\n'));
    await stopAsked;
    const isStopped = await stopsInTime(running.stop(), platformWithinMs);
    if (!isStopped) {
      process.stderr.write('chappe: could not stop in time; accepted messages are safe in the database\n');
    }
    // The embedded server has no other process to stop it.
    const isEngineStopped = await stopsInTime(runtime.stop(), engineWithinMs);
    // A timer or a connection of the part that did not stop would keep the process alive.
    if (!isStopped || !isEngineStopped) process.exit(1);
    return 0;
  },
};

/** The address of the console, with a one-time link until an operator has a password; null if no listener serves it. */
async function firstLink(config: Config, runtime: Runtime, running: RunningProcess): Promise<string | null> {
  const url = config.publicUrl ?? running.httpUrl ?? running.httpsUrl;
  if (!config.console || url === null) return null;
  const token = await createOperatorLinks(runtime).createFirst(operatorAccess(cliActor()));
  return url.replace(/\/+$/, '') + (token === null ? '/console/' : enterPath(token));
}

/** False if it fails, with its message on standard error, or takes too long. */
async function stopsInTime(stopping: Promise<void>, withinMs: number): Promise<boolean> {
  const stopped = stopping.then(
    () => true,
    (error: unknown) => {
      process.stderr.write(`chappe: ${error instanceof Error ? error.message : String(error)}\n`);
      return false;
    },
  );
  const late = new Promise<false>((resolve) => setTimeout(resolve, withinMs, false).unref());
  return Promise.race([stopped, late]);
}

/** Imported late: it takes four times as long to load as any other command needs, `--help` included. */
async function loadMain() {
  const [main, words] = await Promise.all([import('#main/main.ts'), import('./startup-banner.ts')]);
  return { ...main, ...words };
}
