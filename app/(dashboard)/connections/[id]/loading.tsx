export { MachineSkeleton as default } from '@/components/page-skeletons'
