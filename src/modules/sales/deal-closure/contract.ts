import { z } from 'zod';
import { trimmed } from '../../../kernel/contract/names.ts';
import { dateText } from '../../../kernel/contract/time.ts';
import { outcomes } from '../close-reason/contract.ts';

export const closure = z
  .strictObject({
    outcome: z.enum(outcomes),
    close_reason_id: z.uuid().nullable().optional(),
    note: trimmed().max(2000).nullable().optional(),
    closed_on: dateText().optional(),
  })
  .meta({ id: 'DealClosure' });
