import { vocabularyRights } from '../../../kernel/access/rights.ts';
import { shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { pipeline } from './contract.ts';
import { createPipelines } from './service.ts';

export { ensurePipeline } from './service.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    pipeline: true;
  }
}

export const pipelineType: RecordType = {
  resource: pipeline,
  rule: shared('pipeline', 'pipeline'),
  right: { roles: vocabularyRights },
  rules: { create: createPipelines, cacheTags: ['pipeline', 'stage', 'custom_field'] },
};
