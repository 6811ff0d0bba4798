import type { SimulatedGpu, SimulatedMachine } from '@/e2e/testbed/simulated-machine'

const gpu = (
  n: number,
  bus: string,
  load: number,
  memoryMb: number,
  process: SimulatedGpu['process'],
): SimulatedGpu => ({
  uuid: `GPU-5e00${n.toString(16).padStart(4, '0')}-d3a0-4c0d-9a7e-0000dead${(n * 7919).toString(16).padStart(4, '0')}`,
  bus,
  load,
  memoryMb,
  process,
})

const train = (pid: number, rank: number) => ({
  pid,
  user: 'mia',
  name: '/opt/conda/bin/python3.12',
  command: `python train.py --config vit_large.yaml --rank ${rank}`,
})

const BUSES = ['07', '0F', '47', '4E', '87', '90', 'B7', 'BD']

/** A DGX Spark, an eight-GPU DGX A100, and a workstation that drops out. */
const THREE: SimulatedMachine[] = [
  {
    hostname: 'spark-1',
    driver: '580.126.09',
    gpuName: 'NVIDIA GB10',
    computeCap: '12.1',
    isUnified: true,
    gpuMemoryMb: 0,
    idleWatts: 5,
    maxWatts: 61,
    powerLimitWatts: null,
    maxSmMhz: 3003,
    cores: 20,
    memoryTotalMb: 124610,
    gpus: [
      gpu(1, '0000000F:01:00.0', 0.86, 61_400, {
        pid: 9377,
        user: 'sam',
        name: 'VLLM::EngineCore',
        command: 'python -m vllm.entrypoints.openai.api_server --model qwen3-32b',
      }),
    ],
  },
  {
    hostname: 'dgx-a100',
    driver: '595.71.05',
    gpuName: 'NVIDIA A100-SXM4-80GB',
    computeCap: '8.0',
    isUnified: false,
    gpuMemoryMb: 81_920,
    idleWatts: 56,
    maxWatts: 398,
    powerLimitWatts: 400,
    maxSmMhz: 1410,
    cores: 128,
    memoryTotalMb: 1_031_700,
    gpus: BUSES.map((bus, i) => {
      const id = `00000000:${bus}:00.0`
      if (i < 4) return gpu(10 + i, id, 0.97, 74_300, train(41_000 + i, i))
      if (i === 4)
        return gpu(14, id, 0.55, 38_200, {
          pid: 43_808,
          user: 'lee',
          name: 'python',
          command: 'jupyter-kernel rl_ppo.ipynb',
        })
      if (i === 5)
        return gpu(15, id, 0.08, 21_900, {
          pid: 44_120,
          user: 'lee',
          name: 'python',
          command: 'python serve_embeddings.py',
        })
      return gpu(10 + i, id, 0, 0, null)
    }),
  },
  {
    hostname: 'h100-desk',
    driver: '590.48.01',
    gpuName: 'NVIDIA H100 80GB HBM3',
    computeCap: '9.0',
    isUnified: false,
    gpuMemoryMb: 81_559,
    idleWatts: 69,
    maxWatts: 668,
    powerLimitWatts: 700,
    maxSmMhz: 1980,
    cores: 64,
    memoryTotalMb: 515_800,
    // So that a warning can be seen.
    isPersistent: false,
    gpus: [
      gpu(30, '00000000:00:09.0', 0.92, 69_800, {
        pid: 5150,
        user: 'mia',
        name: '/usr/bin/python3',
        command: 'python finetune.py --model llama-8b --lora',
      }),
    ],
  },
]

/** The machines of the demo: these three, and where a larger fleet is wanted, more of their kind. */
export function demoMachines(count = THREE.length): SimulatedMachine[] {
  return Array.from({ length: Math.max(count, 1) }, (_, i) => {
    const model = THREE[i % THREE.length] as SimulatedMachine
    const round = Math.floor(i / THREE.length)
    if (round === 0) return model
    return {
      ...model,
      hostname: `${model.hostname.replace(/-1$/, '')}-${round + 1}`,
      gpus: model.gpus.map((gpu, g) => ({
        ...gpu,
        uuid: gpu.uuid.replace('GPU-5e00', `GPU-${(0x5e00 + round).toString(16)}`),
        // Other machines are busy in other ways.
        ...((i + g) % 3 === 0 ? { load: 0, memoryMb: 0, process: null } : {}),
      })),
    }
  })
}
