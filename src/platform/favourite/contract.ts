import { z } from 'zod';

/** So many are shown beside every page. */
export const favourites_max = 50;

/** A record that the caller keeps at hand. */
export const favourite = z
  .object({
    /** Of what type the record is. */
    resource: z.string(),
    /** Of the record. */
    id: z.uuid(),
    /** Null where the caller may know of the record and not what it is called. */
    name: z.string().nullable(),
  })
  .meta({ id: 'Favourite' });

export const favourites = z
  .object({
    /** In the caller's order. */
    data: z.array(favourite),
    hidden: z
      .array(z.uuid())
      .describe('Records in the trash, or no longer the caller’s to see: favourites again once they are back'),
  })
  .meta({ id: 'Favourites' });
export type Favourites = z.infer<typeof favourites>;

export const favouriteOrder = z
  .strictObject({
    ids: z.array(z.uuid()).min(1).max(200).describe('Ids of records. One that is no favourite is passed over'),
  })
  .meta({ id: 'FavouriteOrder' });
