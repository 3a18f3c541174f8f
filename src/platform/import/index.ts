import type { ImportTarget } from './target.ts';
import { companyTarget } from './target-company.ts';
import { contactTarget } from './target-contact.ts';
import { userTarget } from './target-user.ts';

export { describeImport } from './describe.ts';
export { Cancelled } from './file-loader.ts';
export { replaceTexts } from './fix/service.ts';
export { importJobs } from './jobs.ts';
export { isRefused, type Load, type LoadRow, leaveOutPart, pretendedOf, refuseRow } from './load.ts';
export { RelationMatcher } from './match.ts';
export { nameKey } from './normalise.ts';
export { type ImportOutcome, outcomeKinds } from './outcome/contract.ts';
export { listOutcomes } from './outcome/list.ts';
export { savedMappingNamed } from './queries.ts';
export { endReversal } from './reversal.ts';
export { importRoutes } from './routes.ts';
export { runImport } from './run.ts';
export { type Analysing, takeSamples } from './samples.ts';
export { analyseNew, changeImport, createImport, finishRun, startRun } from './service.ts';
export { restage } from './staging.ts';
export type { ImportTarget, TargetField } from './target.ts';
export { columnsOf, importable, namesOf } from './target.ts';
export { attachedTargets } from './target-attached.ts';
export { contractTarget } from './target-contract.ts';
export { companyNames, externalId, field, holdfastId, note, owner, tags } from './target-fields.ts';
export { tenantTargets } from './tenant-targets.ts';
export { TextValues } from './text-values.ts';

/** In the order in which they load where nothing else decides. */
export const directoryTargets: readonly ImportTarget[] = [userTarget, companyTarget, contactTarget];
export { receiveFiles } from './uploads.ts';
