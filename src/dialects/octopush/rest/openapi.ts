// Writes the OpenAPI 3.1 document of the REST API from the schemas that cast its requests. Used by routes.ts for authors of
// clients. Limit: the platform accepts more than the schemas express.

import type { Endpoint } from './endpoint.ts';
import { failure } from './schemas.ts';

const description =
  'The API that clients written for api.octopush.com since 2020 use. Values are cast rather than refused: numbers and ' +
  'booleans may be strings and vice versa, null and empty texts are absent, unknown members are ignored.';

const failures = {
  '400': { description: 'Refused: code and message give the reason.', ...jsonOf('Failure') },
  '401': { description: 'The headers api-login and api-key are missing or wrong.', ...jsonOf('Failure') },
  '500': { description: 'Internal error. Try again.', ...jsonOf('Failure') },
};

function jsonOf(name: string) {
  return { content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } };
}

export function describeApi(base: string, endpoints: readonly Endpoint[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const given of endpoints) {
    paths[given.path] ??= {};
    paths[given.path]![given.method.toLowerCase()] = describeEndpoint(given);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Octopush REST API of Chappe', version: '1', description },
    servers: [{ url: base }],
    security: [{ login: [], key: [] }],
    tags: [...new Set(endpoints.map(({ group }) => group))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        login: { type: 'apiKey', in: 'header', name: 'api-login' },
        key: { type: 'apiKey', in: 'header', name: 'api-key' },
      },
      schemas: { Failure: failure },
    },
  };
}

function describeEndpoint({ method, path, group, summary, input, status, output }: Endpoint): object {
  const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = method === 'GET';
  const words = `${method.toLowerCase()} ${path.replace(/[{}]/g, '')}`.split(/[^a-z0-9]+/i).filter(Boolean);
  return {
    operationId: words.map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join(''),
    tags: [group],
    summary,
    ...(places.length > 0 || inQuery ? { parameters: [...places, ...(inQuery ? queryOf(input) : [])] } : {}),
    ...(inQuery
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: input } } } }),
    responses: {
      [status]:
        output === null
          ? { description: 'Done.' }
          : { description: 'Done.', content: { 'application/json': { schema: output } } },
      ...failures,
    },
  };
}

function queryOf(input: Endpoint['input']): object[] {
  const required: readonly string[] = (input as { required?: readonly string[] }).required ?? [];
  return Object.entries(input.properties).map(([name, schema]) => {
    const isList = (schema as { type?: string }).type === 'array';
    return { name: isList ? `${name}[]` : name, in: 'query', required: required.includes(name), schema };
  });
}
