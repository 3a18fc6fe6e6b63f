// Mots français des graphiques.
import type { charts as english } from '../en/charts.ts';

export const charts: typeof english = {
  asTable: 'En tableau',
  asChart: 'En graphique',
  nothing: 'Aucun message dans cette période.',
  highest: (at, value) => `Maximum à ${at}\u00a0: ${value}.`,
};
