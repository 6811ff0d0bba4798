export { NewJobSkeleton as default } from '@/components/page-skeletons'
