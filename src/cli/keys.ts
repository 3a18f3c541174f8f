import { rm } from 'node:fs/promises';
import { keyFile } from '../kernel/installation.ts';
import { systemActor, withContext } from '../kernel/tenancy/context.ts';
import { awsKeyWrapper, isWrapped, withRetries } from '../kernel/vault/key-wrapper.ts';
import { parseMasterKeys, readKeyFile, replaceKeyFile, unwrapText } from '../kernel/vault/master-key.ts';
import { countRotationsLeft, finishRotations, type Rotated } from '../operations/key-rotation/rotate.ts';
import { beginRotation } from '../operations/key-rotation/workspace-keys.ts';
import { openKeyRing } from '../secrets.ts';
import {
  type AnyCommand,
  type Call,
  type LoneCall,
  type LoneCommand,
  tenantId,
  UsageError,
  withDatabase,
  withSystem,
} from './command.ts';

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

/** Where the keys stand, and what stands there. */
async function standing({ config }: LoneCall): Promise<{ text: string; file: string | undefined; kms: string }> {
  const kms = config.HOLDFAST_KMS_KEY_ID;
  if (!kms) throw new UsageError('Name the key of the KMS in HOLDFAST_KMS_KEY_ID');
  if (config.HOLDFAST_KEY) return { text: config.HOLDFAST_KEY, file: undefined, kms };
  const file = keyFile(config);
  // What a call that was killed left may be a key that is not wrapped.
  await rm(`${file}.unfinished`, { force: true });
  return { text: await readKeyFile(file), file, kms };
}

/** Puts a text in the place of the keys; those of the environment its owner replaces. */
async function put({ answer }: LoneCall, file: string | undefined, text: string, done: string): Promise<void> {
  if (file) await replaceKeyFile(file, text);
  answer({ file: file ?? null, ...(!file && { key: text }) }, file ? `${done}: ${file}` : text);
}

const wrappingCommands: LoneCommand[] = [
  {
    name: 'keys wrap',
    summary:
      'Wraps the key of the installation by HOLDFAST_KMS_KEY_ID. Beside a server that runs; it may be called again.',
    runAlone: async (call) => {
      const { text, file, kms } = await standing(call);
      if (isWrapped(text)) {
        await unwrapText(text, kms);
        call.answer({ file: file ?? null }, 'It is wrapped already, and the KMS unwraps it.');
        return 0;
      }
      parseMasterKeys(text);
      const wrapped = await withRetries(() => awsKeyWrapper(kms).wrap(text.trim()));
      // Before the only copy is replaced.
      if ((await unwrapText(wrapped, kms)) !== text.trim())
        throw new Error('The KMS unwraps something else. Nothing was changed.');
      await put(call, file, wrapped, 'Wrapped');
      return 0;
    },
  },
  {
    name: 'keys unwrap',
    summary:
      'Puts the key of the installation back as it was before it was wrapped. Beside a server that runs; it may be called again.',
    runAlone: async (call) => {
      const { text, file, kms } = await standing(call);
      if (isWrapped(text)) await put(call, file, await unwrapText(text, kms), 'Unwrapped');
      else call.answer({ file: file ?? null }, 'It is not wrapped.');
      return 0;
    },
  },
];

export const keyCommands: AnyCommand[] = [
  ...wrappingCommands,
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
