import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { owned } from '../../../kernel/access/table-rule.ts';
import { idParams } from '../../../kernel/contract/resource.ts';
import { type FieldError, problems } from '../../../kernel/errors/problem.ts';
import { contentQuery } from '../../../kernel/files/contract.ts';
import { contentAnswer, sendContent } from '../../../kernel/files/routes.ts';
import { asCaller } from '../../../kernel/http/as-caller.ts';
import { type BareContext, type Route, route } from '../../../kernel/http/route.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { type ErrorPath, findRow, getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Services } from '../../../kernel/services.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { document, documentVersion } from './contract.ts';
import { findVersion, noteSeen, usableFiles, versionsOf } from './queries.ts';

async function checkFiles(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const given = inputs.map(({ file_id }) => (file_id as string | null | undefined)?.toLowerCase());
  const wanted = given.filter((id) => id !== undefined && id !== null);
  if (wanted.length === 0) return inputs;
  const usable = await usableFiles(ctx, wanted);
  const errors = given.flatMap((id, at): FieldError[] =>
    id && !usable.has(id)
      ? [
          {
            field: `${errorPath(at)}file_id`,
            code: 'no_such_record',
            message: 'There is no such file, or it is not yours',
          },
        ]
      : [],
  );
  if (errors.length > 0) throw problems.invalid(errors);
  return inputs;
}

/** The database refuses it too (app.keep_document), whoever asks. */
async function refuseKept(ctx: Context, id: string): Promise<void> {
  const row = await findRow(ctx, document, id);
  if (!row) return;
  const today = new Date().toISOString().slice(0, 10);
  if (row.kept_until === null)
    throw problems.conflict('It is about an account that is open, and is kept for years after that closes.', 'kept');
  if ((row.kept_until as string) >= today)
    throw problems.conflict(`It is kept until ${row.kept_until}, as its type asks.`, 'kept');
}

export const documentType: RecordType = {
  resource: document,
  rule: owned('document', 'household', null, {
    reach: [byHousehold()],
    rows: { append: partOfHousehold('document').append! },
    note: 'Whoever may change a household may add documents to it.',
  }),
  rules: {
    beforeCreate: checkFiles,
    beforeUpdate: async (ctx, _, input) => (await checkFiles(ctx, [input], () => ''))[0]!,
    beforeDelete: refuseKept,
  },
};

const number_max = 2_147_483_647;
const versionParams = idParams.extend({ number: z.coerce.number().int().min(1).max(number_max) });
const path = '/api/v1/documents/{id}';
const about = { tag: 'Documents', access: { resource: 'household', action: 'read' } } as const;

interface Sending {
  bare: BareContext;
  request: FastifyRequest;
  reply: FastifyReply;
  inline: boolean;
}

export function documentRoutes({ files }: Pick<Services, 'files'>): Route[] {
  const send = async ({ bare, request, reply, inline }: Sending, { id, number }: { id: string; number?: number }) => {
    const found = await asCaller(bare, request, async (ctx) => {
      await getRow(ctx, document, id);
      const stored = await findVersion(ctx, id, number);
      if (!stored) throw problems.notFound('file of this document');
      await noteSeen(ctx, id, { name: stored.name, number: number ?? null });
      return stored;
    });
    return sendContent(files, found, { inline, request, reply });
  };
  return [
    route({
      ...about,
      method: 'GET',
      path: `${path}/versions`,
      summary: 'The versions of a document, newest first',
      params: idParams,
      response: z.object({ data: z.array(documentVersion) }),
      handler: async (ctx, { params }) => {
        await getRow(ctx, document, params.id);
        return { body: { data: await versionsOf(ctx, params.id) } };
      },
    }),
    route({
      ...about,
      method: 'GET',
      path: `${path}/content`,
      summary: 'The bytes of a document',
      transaction: false,
      params: idParams,
      query: contentQuery,
      ...contentAnswer,
      handler: (bare, { params, query, request, reply }) =>
        send({ bare, request, reply, inline: query.inline === 'true' }, params),
    }),
    route({
      ...about,
      method: 'GET',
      path: `${path}/versions/{number}/content`,
      summary: 'The bytes of a version of a document',
      transaction: false,
      params: versionParams,
      query: contentQuery,
      ...contentAnswer,
      handler: (bare, { params, query, request, reply }) =>
        send({ bare, request, reply, inline: query.inline === 'true' }, params),
    }),
  ];
}
