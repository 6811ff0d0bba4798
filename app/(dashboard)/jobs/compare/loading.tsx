export { CompareSkeleton as default } from '@/components/page-skeletons'
