import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advertisingCues, purposeByText } from './purpose-guard.ts';

const advertising = [
  'SOLDES ! Jusqu’à -50% sur tout le site, du 8 au 12 janvier. STOP au 36180',
  'Code promo NOEL20 : -20 % sur votre prochaine commande jusqu’à dimanche',
  'Vente privée chez Maison Dupont : profitez de -30% ce week-end en magasin',
  'Venez découvrir notre nouvelle collection en boutique, un cadeau vous attend !',
  'BLACK FRIDAY: 40% off everything, shop now at example.com',
  'Flash sale! Last chance to get 25% off. Free delivery until Sunday.',
  'Offre exclusive : livraison offerte dès 30€ d’achat. STOP au XXXXX',
  '1 pizza achetée = 1 pizza offerte ce soir, profitez-en !',
  'Tentez de gagner un voyage : grand jeu concours en magasin jusqu’à samedi',
  'Special offer for you: buy one get one free this weekend only',
  'French Days : jusqu’à -60 % et livraison gratuite. Dépêchez-vous !',
  'Exclusive offer: use promo code SAVE10 before midnight',
  'Déstockage ! Prix cassés sur la literie, remise supplémentaire en magasin. STOP 36180',
];

const transactional = [
  'Votre code de connexion est 482913. Ne le communiquez à personne.',
  'Your verification code is 551 203. It expires in 10 minutes.',
  'Rappel : rendez-vous demain à 14h30 avec le Dr Martin. Pour annuler : 0102030405',
  'Votre colis 6A123 sera livré demain entre 9h et 12h. Livraison offerte.',
  'La remise des clés aura lieu lundi à 10h en agence.',
  'Le solde de votre compte est de 1 250,00 €. Découvert autorisé : 500 €',
  'Vos soldes de congés sont disponibles dans votre espace.',
  'ALERT: disk /var at 95% on server web-3',
  '[Uptime] shop.example.com is DOWN: timeout',
  'Batterie faible : -15 % depuis hier, pensez à recharger le capteur',
  'Your free trial ends tomorrow. No action is needed.',
  'Votre commande 4521 est prête, à retirer en magasin avant samedi.',
  'Your order has shipped. Track it: https://example.com/t/81',
  'Réunion de la promotion 2026 reportée à jeudi 18h, salle B.',
  'Votre bon de réduction de 5 € a bien été utilisé sur la commande 91.',
  'Température : -12 % par rapport à hier. Alerte gel niveau 2.',
  'Impayé : une majoration de 10% sera appliquée à partir du 15.',
  'Hello', // a usual first test
  'Bonjour, votre virement de 300 EUR est arrivé. STOP au 36180',
  'Parking: your session ends soon. Only 5 minutes left.',
  'L’école est fermée demain pour cause de neige. Garderie gratuite à la mairie.',
  'Gift card order 221 received, thank you.',
];

for (const text of advertising)
  test(`advertising: ${text}`, () => {
    assert.notDeepEqual(advertisingCues(text), []);
  });

for (const text of transactional)
  test(`not advertising: ${text}`, () => {
    assert.deepEqual(advertisingCues(text), []);
  });

test('a text without a stated purpose is marketing when it looks like advertising or has a stop clause', () => {
  for (const text of advertising) assert.equal(purposeByText(text), 'marketing', text);
  for (const text of transactional) {
    const isMentioned = text.includes('STOP au');
    assert.equal(purposeByText(text), isMentioned ? 'marketing' : 'transactional', text);
  }
  for (const text of [
    'Bonjour STOP au XXXXX',
    'Info no PUB=STOP',
    'Info no PUB rep STOP',
    'Hi STOP to 30101',
  ])
    assert.equal(purposeByText(text), 'marketing', text);
  for (const text of ['Full STOP', 'Stop the server', 'Bus 12 will not stop at 36180 Main Street'])
    assert.equal(purposeByText(text), 'transactional', text);
});

test('capitals and accents do not change the result', () => {
  const text = 'Vente privée : profitez de -30% en boutique';
  assert.deepEqual(advertisingCues(text.toUpperCase()), advertisingCues(text));
  assert.deepEqual(advertisingCues(text.normalize('NFD')), advertisingCues(text));
  assert.deepEqual(advertisingCues(text.replace('-30%', '−30\u202f%')), advertisingCues(text));
});
