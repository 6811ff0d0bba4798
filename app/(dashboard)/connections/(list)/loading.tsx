export { MachinesSkeleton as default } from '@/components/page-skeletons'
