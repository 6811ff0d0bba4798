export { ProjectsSkeleton as default } from '@/components/page-skeletons'
