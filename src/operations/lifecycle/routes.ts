import { z } from 'zod';
import { problems } from '../../kernel/errors/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import {
  archivedChanges,
  archivedChangesQuery,
  archivedPeriods,
  archivePage,
  archiveQuery,
  lifecycleReport,
  newReturn,
  orphanConfirmation,
} from './contract.ts';
import { confirmOrphans, reportFiles } from './file-report.ts';
import { runSettings } from './jobs.ts';
import { enqueueReturn, findArchivedChanges, listArchived, listArchivedPeriods, listNext } from './queries.ts';
import { reportRules } from './rule-report.ts';
import { searchArchive } from './search.ts';

/** What becomes of old data, for operators; and the archive of the trail, for whoever may read the trail. */
export function lifecycleRoutes(services: Services): Route[] {
  const { config } = services;
  const shared = { tag: 'Installation', access: 'operator' } as const;
  const own = { tag: 'Audit', access: { resource: 'audit', action: 'read' } } as const;
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/v1/installation/lifecycle',
      summary: 'What is archived and deleted next, when and how much, and what is archived',
      response: lifecycleReport,
      handler: async (ctx) => {
        const settings = runSettings(config);
        const [next, archived] = await Promise.all([listNext(ctx, settings), listArchived(ctx)]);
        const files = await reportFiles(ctx, config);
        const rules = await reportRules(ctx, config);
        return {
          body: {
            archive_after_months: settings.archiveMonths,
            delete_after_years: settings.deleteYears,
            values_expire_after_days: settings.historyDays,
            store: config.S3_BUCKET ? ('s3' as const) : ('folder' as const),
            storage_class: config.S3_STORAGE_CLASS ?? null,
            next,
            ...files,
            rules,
            archived,
          },
        };
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/v1/installation/lifecycle/returns',
      summary: 'Put an archived period back into the database for some days, in the background',
      body: newReturn,
      status: 202,
      handler: async (ctx, { body }) => {
        if (!(await enqueueReturn(ctx, body)))
          throw problems.conflict('There is no such period in the archive. Reload the list.');
        return {};
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/v1/installation/lifecycle/orphan-confirmations',
      summary: 'Let the next run delete files that nothing refers to, though they are more than a crash explains',
      body: orphanConfirmation,
      response: z.object({ files: z.int() }),
      handler: async (ctx, { body }) => ({ body: { files: await confirmOrphans(ctx, body.reason) } }),
    }),
    route({
      ...own,
      method: 'GET',
      path: '/api/v1/audit-archive',
      summary: 'Search the archived audit trail, newest first: slower than the trail, and without values',
      query: archiveQuery,
      response: archivePage,
      transaction: false,
      handler: async ({ db, actor }, { query }) => ({
        body: await searchArchive(
          { db, actor: actor!, store: { files: services.files, ring: services.keyRing } },
          query,
        ),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/archived-changes',
      tag: 'Timeline',
      summary: 'Since when the timeline of a record that was created at a moment has its changes',
      access: 'signed_in',
      query: archivedChangesQuery,
      response: archivedChanges,
      handler: async (ctx, { query }) => ({ body: await findArchivedChanges(ctx, query.since) }),
    }),
    route({
      ...own,
      method: 'GET',
      path: '/api/v1/audit-archive/periods',
      summary: 'Which periods of the past are in the archive, or were deleted after their time',
      response: archivedPeriods,
      handler: async (ctx) => ({ body: { data: await listArchivedPeriods(ctx) } }),
    }),
  ];
}
