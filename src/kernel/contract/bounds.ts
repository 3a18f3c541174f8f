import { z } from 'zod';

/*
 * Maxima that Zod's own schemas do not have. The API document shows them, and test/contracts refuses a contract of
 * requests with a string, list or map that has none.
 */

/** A map whose keys the sender chooses, of at most `max` entries: `maxProperties` in the API document. */
export const record = <V extends z.ZodType>(key: z.ZodString, value: V, max: number) =>
  z
    .record(key, value)
    .refine((map) => hasAtMost(map, max), { error: `At most ${max} are allowed here`, abort: true })
    .meta({ maxProperties: max });

function hasAtMost(map: object, max: number): boolean {
  let found = 0;
  for (const _ in map) if (++found > max) return false;
  return true;
}

/** A text whose form has a longest one: `maxLength` in the API document. */
export const shaped = (form: RegExp, max: number, options: { error?: string } = {}) =>
  z.string().regex(form, options).meta({ maxLength: max });

interface Size {
  /** Of the value as JSON. */
  characters: number;
  /** Of lists and objects in each other. */
  depth: number;
}

/**
 * A value whose form its contract does not say, such as a filter: `x-max-characters` and `x-max-depth` in the API
 * document.
 */
export const sized = <S extends z.ZodType>(schema: S, size: Size): S =>
  schema
    .refine((value) => fits(value, size), {
      error: `Write at most ${size.characters} characters of JSON here, and at most ${size.depth} lists or objects in each other`,
      abort: true,
    })
    .meta({ 'x-max-characters': size.characters, 'x-max-depth': size.depth });

function fits(value: unknown, { characters, depth }: Size): boolean {
  if (typeof value === 'string') return value.length <= characters;
  if (typeof value !== 'object' || value === null) return true;
  return depthOf(value, depth) <= depth && JSON.stringify(value).length <= characters;
}

/** How deep a value is; more than `max` is not looked at. */
function depthOf(value: unknown, max: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (max === 0) return 1;
  let deepest = 0;
  for (const each of Object.values(value)) deepest = Math.max(deepest, depthOf(each, max - 1));
  return deepest + 1;
}

/**
 * A filter of a list that is stored or sent in a body: of the size that lists take in their address. What it says is
 * checked when it is compiled.
 */
export const filterJson = () => sized(z.record(z.string().max(80), z.unknown()), { characters: 20_000, depth: 24 });
