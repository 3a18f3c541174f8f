import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { full, scopeOf } from '../../../kernel/access/rights.ts';
import { owned } from '../../../kernel/access/table-rule.ts';
import { idParams } from '../../../kernel/contract/resource.ts';
import { uuidV7 } from '../../../kernel/database/uuid.ts';
import { Problem, problems, reasonOf } from '../../../kernel/errors/problem.ts';
import { contentDisposition } from '../../../kernel/files/names.ts';
import { contentBytes, sealedFileKey, sealedFiles } from '../../../kernel/files/sealed-files.ts';
import { asCaller } from '../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { readsFewer, rightsLeft } from '../../../kernel/identity/index.ts';
import { whenDropped } from '../../../kernel/jobs/dropped.ts';
import { JobFailed, type JobKind, type JobRun, jobKind } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { createRows, type ErrorPath, getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Services } from '../../../kernel/services.ts';
import { type Actor, type Context, keyOf, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { insertExportFile, zipped } from '../../../platform/export/index.ts';
import { entriesOf } from './archive.ts';
import { examinerExport } from './contract.ts';
import { begin, end, findFile, keepRights, note, peopleOf } from './queries.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    examiner_export: true;
  }
}

const kind = 'examiner.export';
const payload = z.object({ export_id: z.uuid() });
const days_kept = 7;
const file_bytes_max = 4 * 1024 ** 3;

/**
 * Asks for archives: each is told to the trail at once, of the household and of everybody in it, whatever becomes of
 * it.
 */
async function ask(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  if (inputs.some(({ sealed }) => sealed === 'revealed') && scopeOf(ctx.actor.rights, 'reveal', 'read') === 'none')
    throw problems.forbidden('To export sealed values in the clear takes the right to reveal them.');
  const rows = await createRows(ctx, examinerExport, inputs, {}, errorPath);
  for (const [at, { id }] of rows.entries()) {
    const { household_id, reason, sealed } = inputs[at] as { household_id: string; reason: string; sealed: string };
    await keepRights(ctx, id as string);
    const what = { type: 'examiner_export', id, field: sealed, reason };
    await note(ctx, 'export', { resource: 'household', id: household_id }, what);
    for (const person of await peopleOf(ctx, household_id))
      await note(ctx, 'export', { resource: 'contact', id: person }, what);
    await enqueue(ctx, kind, { export_id: id });
  }
  return Promise.all(rows.map(({ id }) => getRow(ctx, examinerExport, id as string)));
}

export const examinerExportType: RecordType = {
  resource: examinerExport,
  rule: owned('examiner_export', 'examiner_export', 'created_by'),
  right: { owned: true, roles: { manager: full } },
  rules: { create: ask },
};

export const examinerExportRoutes = ({ files }: Pick<Services, 'files'>): Route[] => [
  route({
    method: 'GET',
    path: '/api/v1/examiner-exports/{id}/content',
    tag: 'Examiner exports',
    summary: "The archive of an examiner's export",
    access: { resource: 'examiner_export', action: 'read' },
    transaction: false,
    params: idParams,
    produces: 'application/zip',
    handler: async (bare, { params, request, reply }) => {
      const file = await asCaller(bare, request, async (ctx) => {
        const { household_id } = await getRow(ctx, examinerExport, params.id);
        const found = await findFile(ctx, params.id);
        if (!found) throw problems.conflict('This export has no file yet, or no longer.');
        // The file holds what its maker saw.
        const made = { rights: found.rights, created_by: ctx.actor.user_id };
        const needed = [
          'household',
          'contact',
          'client_profile',
          ...(found.sealed === 'revealed' ? (['reveal'] as const) : []),
        ] as const;
        if (needed.some((right) => readsFewer(ctx.actor, made, right)))
          throw problems.forbidden('This export holds records or fields that you do not see.');
        await note(
          ctx,
          'export',
          { resource: 'household', id: household_id as string },
          { type: 'examiner_export', id: params.id, field: 'download' },
        );
        return found;
      });
      return reply
        .header('content-type', file.content_type)
        .header('content-disposition', contentDisposition('attachment', file.name))
        .send(await sealedFiles(files, bare.db).get(file.storage_key));
    },
  }),
];

whenDropped(kind, payload, async (ctx, { export_id }, error) => {
  await end(ctx, export_id, { state: 'failed', error: error ?? 'Its background job was cancelled. Export again.' });
});

export const examinerExportJobs = ({ db, files }: Pick<Services, 'db' | 'files'>): JobKind[] => [
  jobKind({
    kind,
    payload,
    concurrencyMax: 1,
    tenantMax: 1,
    run: async (run, { export_id }) => {
      try {
        await make(run, { db, files }, export_id);
      } catch (error) {
        const isFinal = error instanceof JobFailed || (error instanceof Problem && error.status < 500);
        if ((isFinal || run.job.attempts >= run.job.attempts_max) && !run.signal.aborted)
          await withContext(db, systemActor(run.job.tenant_id), (ctx) =>
            end(ctx, export_id, {
              state: 'failed',
              error: error instanceof Problem ? reasonOf(error) : (error as Error).message,
            }),
          );
        throw isFinal && !(error instanceof JobFailed)
          ? new JobFailed(reasonOf(error as Problem), { cause: error })
          : error;
      }
    },
  }),
];

async function make(
  { job, actor: by, signal }: JobRun,
  { db, files }: Pick<Services, 'db' | 'files'>,
  id: string,
): Promise<void> {
  const system = systemActor(job.tenant_id);
  const begun = await withContext(db, system, async (ctx) => {
    const asked = await begin(ctx, id);
    // Of somebody whose account was deleted only the job still says who it was.
    return (
      asked && {
        asked,
        rights: await rightsLeft(ctx, { user_id: asked.created_by ?? job.actor_id, key_id: keyOf(by) }, asked.rights),
      }
    );
  });
  if (!begun) return;
  const { asked, rights } = begun;
  if (asked.sealed === 'revealed' && scopeOf(rights, 'reveal', 'read') === 'none')
    throw new JobFailed('Whoever asked for it may no longer reveal sealed values.');
  const actor: Actor = { ...system, user_id: asked.created_by, rights };
  const file_id = uuidV7();
  const storage_key = sealedFileKey(job.tenant_id, file_id);
  const hash = createHash('sha256');
  const entries = zipped(entriesOf({ db, files, actor, asked, signal }));
  const body = Readable.from(hashed(entries, hash), { objectMode: false });
  const stored = await sealedFiles(files, db).put(storage_key, body, {
    contentType: 'application/zip',
    sizeBytesMax: file_bytes_max,
  });
  const isWanted = await withContext(db, { ...actor, rights: system.rights }, async (ctx) => {
    const file = {
      id: file_id,
      name: `examiner-${asked.household_id}.zip`,
      content_type: 'application/zip',
      storage_key,
      size_bytes: stored.sizeBytes,
      sha256: stored.sha256,
    };
    await insertExportFile(ctx, { ...file, created_by: asked.created_by, days_kept });
    const size_bytes = contentBytes(storage_key, stored.sizeBytes);
    return end(ctx, id, { state: 'done', file_id, size_bytes, sha256: hash.digest('hex') });
  });
  if (!isWanted) await files.delete(storage_key);
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const part of body) {
    hash.update(part);
    yield part;
  }
}
