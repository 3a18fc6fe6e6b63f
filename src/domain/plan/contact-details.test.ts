import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdsWebAddress } from './contact-details.ts';

test('web addresses are found, with a scheme and without', () => {
  for (const text of [
    'Voir https://exemple.fr/x',
    'http://1.2.3.4',
    'sur www.exemple.be !',
    'Rendez-vous sur exemple.com.',
    'boutique-été.fr',
    'bit.ly/3abc',
    'suivi.transport.tm/colis12',
  ])
    assert.equal(holdsWebAddress(text), true, text);
});

test('text that only resembles a web address is not found', () => {
  for (const text of [
    'Hote 10.0.0.12 injoignable depuis 12.30',
    'Votre code: 123.456',
    'Bonjour.Merci de rappeler',
    'Total 12,50 EUR/mois, fin.',
    'RDV le 12/05 a 9h. De rien.',
    '',
  ])
    assert.equal(holdsWebAddress(text), false, text);
});
