import { systemActor, withContext } from '../kernel/tenancy/context.ts';
import { countRotationsLeft, finishRotations, type Rotated } from '../operations/key-rotation/rotate.ts';
import { beginRotation } from '../operations/key-rotation/workspace-keys.ts';
import { openKeyRing } from '../secrets.ts';
import { type Call, type Command, tenantId, UsageError, withDatabase, withSystem } from './command.ts';

const wordsOf = ({ secrets, data_keys, values }: Rotated): string =>
  `${secrets} secrets and keys of workspaces by the master key, ${data_keys} data keys, ${values} values`;

/** Beside a server that runs: connections of its own. */
const withRotation = <R>(
  call: Call,
  work: (rotation: Parameters<typeof finishRotations>[0]) => Promise<R>,
): Promise<R> =>
  withSystem(call, (client) =>
    withDatabase(call, (db) => work({ client, db, ring: openKeyRing(call.installation.masterKeys) })),
  );

export const keyCommands: Command[] = [
  {
    name: 'keys rotate',
    summary: 'Seals anew with the current keys. It may be stopped, and goes on when it is called again.',
    flags: {
      tenant: { help: 'Give this workspace a new key first' },
      values: { kind: 'switch', help: 'With --tenant: new data keys too, so that each value is sealed anew' },
    },
    run: async (call) => {
      if (call.switches.values && call.flags.tenant === undefined) throw new UsageError('--values wants --tenant');
      const tenant_id = call.flags.tenant === undefined ? undefined : await tenantId(call);
      const done = await withRotation(call, async (rotation) => {
        if (tenant_id !== undefined)
          await withContext(rotation.db, systemActor(tenant_id), (ctx) =>
            beginRotation(ctx, { values: call.switches.values === true }),
          );
        return finishRotations(rotation);
      });
      call.answer(done, `Sealed anew: ${wordsOf(done)}.`);
    },
  },
  {
    name: 'keys status',
    reads: true,
    summary: 'Shows how much is sealed with keys that were replaced.',
    run: async (call) => {
      const left = await withRotation(call, countRotationsLeft);
      const isDone = Object.values(left).every((count) => count === 0);
      call.answer(left, isDone ? 'Nothing needs a key that was replaced.' : `Left: ${wordsOf(left)}.`);
      return isDone ? 0 : 1;
    },
  },
];
