import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { uuidV7 } from '../database/uuid.ts';
import { Problem, problems } from '../errors/problem.ts';
import { toProblem } from './errors.ts';

const problem_type = 'application/problem+json; charset=utf-8';

/**
 * Errors are left out until the document is no larger; what a problem has beside them, such as the `current` record,
 * stays.
 */
const errors_bytes_max = 48 * 1_024;

function problemDocument(problem: Problem, request_id: string): string {
  const errors = [...problem.errors];
  while (errors.length > 1 && Buffer.byteLength(JSON.stringify(errors)) > errors_bytes_max) errors.length >>= 1;
  const more = problem.errors.length - errors.length + problem.moreErrors;
  return JSON.stringify({
    type: `https://holdfast.invalid/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    request_id,
    ...(errors.length > 0 && { errors }),
    ...(more > 0 && { more_errors: more }),
    ...problem.extra,
  });
}

/** Whoever sent it went away before the end of its body: that is no error of the program, nor of its database. */
const isBrokenOff = ({ raw }: FastifyRequest, error: unknown): boolean =>
  raw.destroyed && (!raw.complete || error === raw.errored);

/** Sends the problem for an error; an unknown error becomes a 500 and is logged. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): unknown {
  const problem =
    (isBrokenOff(request, error) ? problems.malformed('The body ended before it was whole.') : toProblem(error)) ??
    new Problem(
      500,
      'internal',
      'Something went wrong on our side',
      `Holdfast ran into an error. Nothing was changed. Tell your administrator this number: ${request.id}.`,
    );
  if (problem.status >= 500 && problem.code !== 'busy') request.log.error({ err: error }, 'request failed');
  // RFC 9110, section 11.6.1: a 401 says how one may sign in. Some routes have said so themselves.
  if (problem.status === 401 && !reply.hasHeader('www-authenticate')) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type(problem_type)
    .send(problemDocument(problem, request.id));
}

function parserProblem(code: string | undefined, headerBytesMax: number): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem(
        431,
        'headers_too_large',
        'The headers are too large',
        `Address and headers together may have at most ${headerBytesMax} bytes. Shorten the filter, or send fewer cookies.`,
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem(
        408,
        'request_timeout',
        'The request did not arrive in time',
        'Send the whole request without a pause, with the same Idempotency-Key if you sent one.',
      );
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return problems.tooLarge('The chunk extensions of the body are too large. Send none.');
    default:
      return problems.malformed('This is not a request of HTTP/1.1.');
  }
}

/**
 * Responds to a request that Node could not parse, which therefore reaches no route and no hook; then closes the
 * connection.
 */
export function answerParserError(
  options: { log: Logger; headers: Record<string, string>; headerBytesMax: number },
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: { headersSent: boolean } | null },
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  // Nothing can be written into the middle of a response.
  if (!socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy(error);
    return;
  }
  const problem = parserProblem(error.code, options.headerBytesMax);
  const request_id = uuidV7();
  const body = problemDocument(problem, request_id);
  const headers = {
    ...options.headers,
    'x-request-id': request_id,
    'content-type': problem_type,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${head.join('')}\r\n${body}`);
  options.log.info({ status: problem.status, code: error.code, request_id }, 'request could not be parsed');
}
