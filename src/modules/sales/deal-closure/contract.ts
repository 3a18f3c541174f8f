import { z } from 'zod';
import { outcomes } from '../close-reason/contract.ts';

export const closure = z
  .strictObject({
    outcome: z.enum(outcomes),
    close_reason_id: z.uuid().nullable().optional(),
    note: z.string().trim().max(2000).nullable().optional(),
    closed_on: z.iso.date({ error: 'Write a date that exists, such as 2026-11-20' }).optional(),
  })
  .meta({ id: 'DealClosure' });
