import { z } from 'zod';
import { type Asker, type Call, type Called, callModel, type ModelServices } from './call.ts';
import { ModelTrouble } from './endpoint.ts';

const answer_bytes_max = 256 * 1024;

const completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z.array(z.unknown()).nullish(),
          function_call: z.unknown().optional(),
        }),
      }),
    )
    .min(1),
});

/** What a model wrote. It has no tools, so an answer that asks for one is no answer, nor is one that was cut off. */
function contentOf(answer: unknown): string {
  const parsed = completion.safeParse(answer);
  if (!parsed.success) throw new ModelTrouble('invalid');
  const { message, finish_reason } = parsed.data.choices[0]!;
  if ((message.tool_calls?.length ?? 0) > 0 || message.function_call) throw new ModelTrouble('tool_call');
  if (finish_reason === 'length' || !message.content) throw new ModelTrouble('invalid');
  return message.content;
}

interface Chat<T> extends Pick<Call<T>, 'feature' | 'subject' | 'sources' | 'tokensOut'> {
  system: string;
  user: string;
  /** The form of the answer. */
  schema?: { name: string; contract: z.ZodType };
  read: (content: string) => T;
}

export const chat = <T>(services: ModelServices, asker: Asker, model: string, chat: Chat<T>): Promise<Called<T>> =>
  callModel(services, asker, {
    ...chat,
    model,
    path: 'chat/completions',
    bytesMax: answer_bytes_max,
    body: {
      messages: [
        { role: 'system', content: chat.system },
        { role: 'user', content: chat.user },
      ],
      temperature: 0,
      max_tokens: chat.tokensOut,
      ...(chat.schema && {
        response_format: {
          type: 'json_schema',
          json_schema: { name: chat.schema.name, strict: true, schema: z.toJSONSchema(chat.schema.contract) },
        },
      }),
    },
    read: (answer) => chat.read(contentOf(answer)),
  });
