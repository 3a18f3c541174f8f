import { z } from 'zod';

/** A map whose keys the sender chooses: of at most `max` entries, which Zod alone does not limit. The API document has it as `maxProperties`. */
export const record = <V extends z.ZodType>(key: z.ZodString, value: V, max: number) =>
  z
    .record(key, value)
    .refine((map) => hasAtMost(map, max), { error: `At most ${max} fit here` })
    .meta({ maxProperties: max });

function hasAtMost(map: object, max: number): boolean {
  let found = 0;
  for (const _ in map) if (++found > max) return false;
  return true;
}
