/** Fields of deals that a stage may ask for, beside the workspace's own (`custom.<key>`). */
export const requirableFields = [
  'amount',
  'company_id',
  'contact_id',
  'owner_id',
  'expected_close_on',
  'close_reason_id',
  'source',
  'description',
  'lines',
] as const;
