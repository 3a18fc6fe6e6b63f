import assert from 'node:assert/strict';
import test from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import fastify from 'fastify';
import { defaultSettings } from '#domain/account/account.ts';
import { demoKey, demoLogin, fakeCustomers } from '../../../../test/support/fake-customers.ts';
import { sendInput } from './campaigns.ts';
import { restErrors, restOnlyErrors } from './errors.ts';
import { readSubmission } from './request.ts';
import { answerRestError, endpoints, octopushRestRoutes } from './routes.ts';

function openPlatform() {
  const app = fastify({ frameworkErrors: answerRestError });
  const served: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) served.push(`${one} ${url}`);
  });
  app.register(octopushRestRoutes, fakeCustomers().services);
  return { app, served };
}

const headers = { 'api-key': demoKey, 'api-login': demoLogin, 'content-type': 'application/json' };

type Json = Record<string, unknown>;
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: Json }[];
  requestBody?: { content: { 'application/json': { schema: Json } } };
  responses: Record<string, { description: string; content?: { 'application/json': { schema: Json } } }>;
}

test('the OpenAPI document is whole, and its schemas are valid', async () => {
  const { app } = openPlatform();
  const answer = await app.inject({ method: 'GET', url: '/v1/public/openapi.json' });
  assert.equal(answer.statusCode, 200);
  const document = answer.json();
  assert.equal(document.openapi, '3.1.0');
  assert.ok(document.info.title && document.info.version);
  const ajv = new Ajv2020({ strict: false });
  const ids = new Set<string>();
  for (const [path, operations] of Object.entries<Record<string, Operation>>(document.paths)) {
    assert.match(path, /^\//);
    const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const [method, operation] of Object.entries(operations)) {
      assert.ok(['get', 'post', 'put', 'patch', 'delete'].includes(method));
      assert.ok(!ids.has(operation.operationId), operation.operationId);
      ids.add(operation.operationId);
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      assert.deepEqual(
        inPath.map(({ name }) => name),
        places,
      );
      const schemas = [
        ...(operation.parameters ?? []).map(({ schema }) => schema),
        operation.requestBody?.content['application/json'].schema,
        ...Object.values(operation.responses).map(({ content }) => content?.['application/json'].schema),
      ];
      for (const schema of schemas) {
        if (schema === undefined) continue;
        const reference = schema['$ref'];
        if (typeof reference === 'string') {
          const [, , part, name] = reference.split('/');
          assert.ok(document.components[part!][name!], reference);
        } else assert.ok(ajv.validateSchema(schema), JSON.stringify(ajv.errors));
      }
      assert.ok(Object.values(operation.responses).every(({ description }) => description !== ''));
    }
  }
});

test('every served endpoint is in the document, and nothing else', async () => {
  const { app, served } = openPlatform();
  const document = (await app.inject({ method: 'GET', url: '/v1/public/openapi.json' })).json();
  const documented = Object.entries<Json>(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} /v1/public${path}`),
  );
  const open = served
    .filter((route) => !/\*$|\/$|openapi\.json$/.test(route))
    .map((route) => route.replace(/:(\w+)/g, '{$1}'));
  assert.deepEqual(documented.toSorted(), open.toSorted());
});

test('a send reads the members that its schema documents, and no others', () => {
  const read = new Set<string>();
  const given = { text: 'a', recipients: ['33601010101'] } as Json;
  readSubmission(
    new Proxy(given, {
      get(target, name) {
        read.add(String(name));
        return target[String(name)];
      },
    }),
    defaultSettings,
  );
  // What is read by the endpoint around it, or accepted without being used.
  for (const name of ['list_name', 'auto_remove_blacklisted_numbers', 'recipient_tracking']) read.add(name);
  assert.deepEqual([...read].toSorted(), Object.keys(sendInput.properties).toSorted());
});

test('endpoints answer any input with the documented form or with a listed code', async () => {
  const { app } = openPlatform();
  const listed = new Set(
    [...Object.values(restErrors), ...Object.values(restOnlyErrors)].map(({ code }) => code as number),
  );
  const ajv = new Ajv2020({ strict: false });
  const ticket = 'sms_db130bab2a8545332d9cf0';
  const requests = fc.constantFrom(...endpoints).chain((endpoint) => {
    const names = fc.constantFrom(...Object.keys(endpoint.input.properties), 'x', '__proto__');
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(ticket, '+33601010101', 'true', 1, ['a'], 'a'));
    return fc.record({ endpoint: fc.constant(endpoint), members: fc.dictionary(names, value) });
  });
  await fc.assert(
    fc.asyncProperty(requests, async ({ endpoint, members }) => {
      const { method, path, status, output } = endpoint;
      const query = new URLSearchParams(
        Object.entries(members).map(([name, value]): [string, string] => [
          name,
          (JSON.stringify(value) ?? '').toWellFormed(),
        ]),
      );
      const url = `/v1/public${path.replace('{login}', 'a@b.c')}${method === 'GET' ? `?${query}` : ''}`;
      const body = method === 'GET' ? {} : { payload: JSON.stringify(members) };
      const answer = await app.inject({ method, url, headers, ...body });
      if (answer.statusCode === 400) {
        const { code, message } = answer.json();
        assert.ok(listed.has(code), `${method} ${path} ${code}`);
        assert.ok(message.length > 0);
      } else if (output === null) assert.equal(answer.statusCode, status, `${method} ${path}`);
      else if (answer.statusCode === status)
        assert.ok(ajv.validate(output, answer.json()), `${method} ${path} ${JSON.stringify(ajv.errors)}`);
      else assert.deepEqual([path, answer.statusCode], ['/sms-campaign/send', 200]);
    }),
    { numRuns: 1500 },
  );
});
