/** Which names in a log are metrics: a rule that rather misses one than invents one. */

const METRIC =
  /(?:^|[\s/._-])(?:loss|nll|acc|accuracy|ppl|perplexity|reward|f1|auc|auroc|mse|mae|rmse|bleu|wer|cer|iou|miou|bpb|bpc|psnr|ssim|elbo|grad_?norm)(?:[_@-]?\d+)?$/i

/** `max_grad_norm=1` is a setting, `best loss: 0.2` was said before. */
const NOT_A_MEASUREMENT =
  /(?:^|[\s/._-])(?:max|min|best|lowest|highest|target|init|previous|prev|old)(?:[\s/._-]|$)/i

/** True for a name that says by itself that its number was measured. */
export function isMetricName(name: string): boolean {
  return METRIC.test(name) && !NOT_A_MEASUREMENT.test(name)
}

/** Belongs to what was measured, but a line that has only these is a dump of settings. */
const SETTING =
  /^(?:lr|learning_?rate|lr[-_/].*|epoch|epochs|max_steps|steps|warmup.*|batch_?size|momentum|weight_?decay|wd|beta\d*|gamma|eps|epsilon|dropout|temperature|clip.*)$/i

/** Says nothing of the training at all. */
const PLUMBING =
  /^(?:v_num|pid|ppid|port|rank|local_?rank|node_?rank|world_?size|seed|version|num_?workers|n_?gpus?|gpu|gpus|device|devices|line|lineno|level|id|uid|code|status|size|worker|thread|fold|job|level_?no|eta|.*\.(?:py|pyx|cc|cpp|cu|c|h|go|rs|js|ts|sh))$/i

export const isSetting = (name: string): boolean => SETTING.test(name)
export const isPlumbing = (name: string): boolean => PLUMBING.test(name)

/**
 * What of the numbers of a line is worth keeping: all but plumbing, when the line has a step or an
 * epoch and something measured beside it, or a metric that is known by its name; else nothing.
 */
export function measured(
  numbers: readonly (readonly [string, number])[],
  hasCounter: boolean,
): [string, number][] {
  const kept = numbers.filter(([name]) => !isPlumbing(name))
  const isTelling = kept.some(([name]) => (hasCounter ? !isSetting(name) : isMetricName(name)))
  return isTelling ? kept.map(([name, value]) => [name, value]) : []
}
