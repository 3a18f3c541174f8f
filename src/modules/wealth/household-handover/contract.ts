import { z } from 'zod';

const named = z.object({ id: z.uuid(), name: z.string() });

export const handoverPost = z
  .strictObject({
    to_user_id: z.uuid().toLowerCase().describe('The new primary adviser'),
    preview: z.boolean().default(false).describe('true: answers what would change, and changes nothing'),
  })
  .meta({ id: 'HouseholdHandoverPost' });

export const handover = z
  .object({
    preview: z.boolean(),
    from: named,
    to: named,
    /** People of the household whose contact the former adviser owns: the new one owns them from then on. */
    contacts: z.array(named),
    /** Open tasks of the former adviser about the household and what belongs to it. */
    tasks: z.array(named),
    /** In how many further ways the former adviser saw the household by themselves; none of them is left. */
    access_ended: z.int(),
    /** Teams through which the former adviser still sees it. */
    still_through: z.array(named),
  })
  .meta({ id: 'HouseholdHandover' });
export type Handover = z.output<typeof handover>;
