import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Schema } from './generate.ts';

export interface Operation {
  method: string;
  path: string;
  operationId: string;
  parameters: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }[];
  body: Schema | undefined;
  uploads: boolean;
  public: boolean;
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

export interface Received {
  status: number;
  headers: Headers;
  text: string;
}

export const uuid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

const headers_of_all = [
  'x-request-id',
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'cache-control',
];

/** Holds answers against the document. */
export class Contract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: false });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(components: Record<string, Schema>) {
    // `default` of the package, which TypeScript sees as the module.
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.ajv);
    this.ajv.addSchema({ $id: 'holdfast', components: { schemas: components } });
  }

  /** What keeps a value from fitting a schema of the document; undefined when it fits. */
  misfit(key: string, schema: Schema, value: unknown): string | undefined {
    let validate = this.compiled.get(key);
    if (!validate) {
      const own = JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"holdfast#/components/'));
      validate = this.ajv.compile(own);
      this.compiled.set(key, validate);
    }
    return validate(value) ? undefined : this.ajv.errorsText(validate.errors);
  }

  /**
   * In which ways an answer is not as the document says. `sent` is the whole request, `foreign` whatever is another
   * tenant's.
   */
  violations(
    operation: Operation,
    answer: Received,
    sent: string,
    foreign: { ids: ReadonlySet<string>; word: string },
  ): string[] {
    const { status, headers, text } = answer;
    const found = headers_of_all.filter((name) => !headers.has(name)).map((name) => `no ${name}`);
    const type = headers.get('content-type')?.split(';')[0] ?? '';
    if (status >= 500 && !(status === 503 && text.includes('"code":"'))) found.push('a server error');
    const documented = operation.responses[status] ?? (status >= 400 ? operation.responses.default : undefined);
    if (!documented) found.push(`status ${status} is not in the document`);
    else found.push(...this.bodyViolations(operation, status, documented.content, type, text));
    if (status >= 400 && type === 'application/problem+json' && JSON.parse(text).status !== status)
      found.push('the problem names another status');
    const ids = [...text.matchAll(uuid)].filter(([id]) => foreign.ids.has(id) && !sent.includes(id));
    if (ids.length > 0) found.push(`an id of the other tenant: ${ids[0]}`);
    if (text.includes(foreign.word) && !sent.includes(foreign.word)) found.push('a value of the other tenant');
    return found;
  }

  private bodyViolations(
    { operationId }: Operation,
    status: number,
    content: Record<string, { schema?: Schema }> | undefined,
    type: string,
    text: string,
  ): string[] {
    if (!content) return text === '' ? [] : [`a body, where ${status} has none`];
    const media = content[type] ?? content['*/*'];
    if (!media) return [`content type "${type}" is not in the document`];
    if (!media.schema) return [];
    const misfit = this.misfit(`${operationId} ${status >= 400 ? 'problem' : status}`, media.schema, JSON.parse(text));
    return misfit ? [`the body does not fit: ${misfit}`] : [];
  }
}

export function operationsOf(document: { paths: Record<string, Record<string, Schema>> }): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => {
      const content = (one.requestBody as { content?: Record<string, { schema: Schema }> } | undefined)?.content;
      return {
        method: method.toUpperCase(),
        path,
        operationId: one.operationId as string,
        parameters: one.parameters as Operation['parameters'],
        body: content?.['application/json']?.schema,
        uploads: content?.['multipart/form-data'] !== undefined,
        public: Array.isArray(one.security) && one.security.length === 0,
        responses: one.responses as Operation['responses'],
      };
    }),
  );
}
