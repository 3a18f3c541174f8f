import type { AnyRecord, Named } from '../../../record/field.ts';

export interface Deal extends AnyRecord {
  name: string;
  amount: string | null;
  currency: string;
  status: 'open' | 'won' | 'lost';
  pipeline_id: string;
  stage_id: string;
  stage: Named | null;
  stage_entered_at: string;
  position: number;
  expected_close_on: string | null;
  closed_on: string | null;
  company: Named | null;
  contact: Named | null;
  owner: Named | null;
  owner_id: string | null;
  close_reason: Named | null;
  close_note: string | null;
  lines: DealLine[];
}

export interface DealLine {
  id: string;
  product_id: string;
  product: Named | null;
  quantity: string;
  unit_price: string;
  discount_percent: string;
  total: string;
}

export interface Stage {
  id: string;
  name: string;
  kind: 'open' | 'won' | 'lost';
  probability_percent: number;
  rotting_days: number | null;
  position: number;
  /** Without these a deal does not come here. */
  required_fields: string[];
}

export interface Pipeline {
  id: string;
  version: number;
  name: string;
  position: number;
  stages: Stage[];
}

const day_ms = 86_400_000;

/** Whether a deal has stood in its stage for longer than the stage allows. */
export function isRotting(deal: Deal, stage: Stage, now = Date.now()): boolean {
  if (deal.status !== 'open' || stage.rotting_days === null) return false;
  return now - Date.parse(deal.stage_entered_at) > stage.rotting_days * day_ms;
}
