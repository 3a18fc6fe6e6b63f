import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTemplate, renderTemplate } from './merge.ts';

const render = (text: string, values: Record<string, string>, others: string[] = []) =>
  renderTemplate(readTemplate(text, [...Object.keys(values), ...others]), new Map(Object.entries(values)));

test('placeholders of every dialect are replaced by their values', () => {
  assert.equal(
    render('Bonjour {prenom} {nom}, {prenom}!', { '{prenom}': 'Axelle', '{nom}': 'Durand' }),
    'Bonjour Axelle Durand, Axelle!',
  );
  assert.equal(render('Code #code#.', { '#code#': '123' }), 'Code 123.');
  assert.equal(render('{param1}{param10}', { '{param1}': 'a', '{param10}': 'b' }), 'ab');
});

test('a placeholder without a value becomes empty, an unknown one stays as text', () => {
  assert.equal(render('[{ch1}][{ch2}][{ch9}]', { '{ch1}': 'x' }, ['{ch2}']), '[x][][{ch9}]');
  assert.equal(renderTemplate(readTemplate('{ch1}!', ['{ch1}']), undefined), '!');
});

test('a placeholder inside a value is not replaced', () => {
  assert.equal(render('{ch1} {ch2}', { '{ch1}': '{ch2}', '{ch2}': '{ch1} $& $1' }), '{ch2} {ch1} $& $1');
});

test('placeholders can contain any character, and the longer of two counts', () => {
  assert.equal(render('a.b (a+b)* a', { 'a.b': '1', '(a+b)*': '2' }), '1 2 a');
  assert.equal(render('#a##ab#', { '#a': 'x', '#ab#': 'y', '#a#': 'z' }), 'zy');
});

test('replacing each placeholder by itself gives the same text', () => {
  const placeholder = fc.constantFrom('{a}', '#a#', '{', 'ab', '$1', '\\', '😀', '');
  fc.assert(
    fc.property(
      fc.array(fc.oneof(placeholder, fc.string())),
      fc.array(placeholder),
      (pieces, placeholders) => {
        const text = pieces.join('');
        const values = new Map(placeholders.map((name) => [name, name]));
        assert.equal(renderTemplate(readTemplate(text, placeholders), values), text);
      },
    ),
  );
});
