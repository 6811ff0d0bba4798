/** nvidia-smi's exit codes, which are NVML's return codes. */
export const EXIT = {
  ok: 0,
  badArgument: 2,
  notFound: 6,
  driverNotLoaded: 9,
  libraryNotFound: 12,
  gpuLost: 15,
  libraryMismatch: 18,
}
