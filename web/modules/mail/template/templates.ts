import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { RecordOfEntry } from '../../../../src/kernel/contract/fields.ts';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { preview, template, variableList } from '../../../../src/modules/mail/template/contract.ts';
import { api, readAll } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';

export type Template = RowOf<typeof template>;
export type Preview = z.infer<typeof preview>;
export type MissingValue = Preview['missing'][number];

const key = 'mail_template';

export const refreshTemplates = () => queryClient.invalidateQueries({ queryKey: [key] });

export const useTemplates = () =>
  useQuery({
    queryKey: [key, 'all'],
    queryFn: async ({ signal }) => (await readAll<Template>('/mail-templates', { sort: 'name' }, signal)).data,
  });

export const useVariables = () =>
  useQuery({
    queryKey: [key, 'variables'],
    queryFn: async ({ signal }) => (await api.get<z.infer<typeof variableList>>('/mail-variables', {}, signal)).data,
  });

export interface PreviewOf {
  subject: string;
  body: string;
  records?: readonly RecordOfEntry[];
  addresses?: readonly string[];
  reply_to_id?: string | null;
}

/** The texts with the values of records in place of their variables. */
export const fillIn = ({ records = [], ...rest }: PreviewOf): Promise<Preview> =>
  api.post<Preview>('/mail-previews', {
    ...rest,
    records: records.flatMap(({ type, id }) => (id ? [{ type, id }] : [])),
  });

/** Of those that were missing when a template was inserted, the ones that still stand in the text. */
export const stillMissing = (missing: readonly MissingValue[], ...texts: string[]): MissingValue[] =>
  missing.filter(({ variable }) => texts.some((text) => text.includes(`{{${variable}}}`)));
