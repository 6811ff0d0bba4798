/** What the names of metrics tell. For pages and reports alike, so it knows nothing of either. */

/** The measure of a run, best first: the loss on data that was held back, any loss, other errors. */
const HEADLINES = [
  /(^|[._/-])(val|valid|validation|eval|test)[._/-]?.*loss/i,
  /loss/i,
  /perplexity|(^|[._/-])ppl$|(^|[._/-])(error|err|wer|mse|rmse|mae)$/i,
]
const COUNTERS = /^(epoch|step|global_step|iteration|iter)$/i

const LOWER =
  /(^|[._/-])(loss|perplexity|ppl|errors?|err|cer|wer|mse|rmse|mae|mape|nll|bpb|bpc|fid|kid|lpips|latency|eer)([._/-]|\d|$)|loss$/i
const HIGHER =
  /(^|[._/-])(acc|accuracy|top[-_]?\d+|f1|auc|auroc|ap|map|map50|miou|iou|dice|precision|recall|bleu|rouge|meteor|psnr|ssim|r2|reward|returns?|score|win_rate|success_rate|pass|em|exact_match|ndcg|mrr)([._/@-]|\d|$)|accuracy$|reward$|_(samples|tokens|images|steps)_per_s(ec(ond)?)?$|^(samples|tokens|images|steps)_per_s(ec(ond)?)?$/i

/** The one metric that says most about how far a run is; null where there are only counters. */
export function headlineOf(names: readonly string[]): string | null {
  for (const headline of HEADLINES) {
    const found = names.find((name) => headline.test(name))
    if (found !== undefined) return found
  }
  return names.find((name) => !COUNTERS.test(name)) ?? null
}

/** Which direction is better; null where the name does not tell. */
export function betterOf(name: string): 'lower' | 'higher' | null {
  if (LOWER.test(name)) return 'lower'
  return HIGHER.test(name) ? 'higher' : null
}
